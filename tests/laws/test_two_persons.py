"""One request, one effect: whoever decides at the same moment."""

from typing import Any

from giftwell.domain.cards.adjust_card import adjust_card
from giftwell.domain.cards.decide_adjustment import (
    AdjustmentIsDecided,
    approve_adjustment,
    decline_adjustment,
)
from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id
from giftwell.kit.money import Money
from tests.database import OwnDatabase
from tests.domain.books import credit_of
from tests.domain.racing import together
from tests.factories.cards import balance_minor, make_promo_card
from tests.factories.catalog import make_shop


def _asked(card: Card) -> Adjustment:
    return adjust_card(
        merchant_id=card.merchant_id, card_id=card.id, change=Money(9000, "EUR"), reason="The till failed",
        key=new_id().hex, actor=Actor.person(new_id()), now=now(),
    ).adjustment  # fmt: skip


def _decide(verb: Any, one: Adjustment) -> Any:
    return verb(merchant_id=one.merchant_id, adjustment_id=one.id, actor=Actor.person(new_id()), now=now())


def test_two_who_approve_at_once_apply_it_once(own_database: OwnDatabase) -> None:
    card = make_promo_card(make_shop())
    requests = [_asked(card) for _ in range(3)]
    told = together(*[lambda one=one: _decide(approve_adjustment, one) for one in requests for _ in range(2)])
    for pair in (told[at : at + 2] for at in range(0, 6, 2)):
        assert sorted(type(one) is Adjustment for one in pair) == [False, True]
        assert any(isinstance(one, AdjustmentIsDecided) for one in pair)
    assert balance_minor(card) == 5000 + 3 * 9000
    assert credit_of("issued", owner=card.merchant_id) == -(5000 + 3 * 9000)
    with scope.platform(), reading():
        assert Event.objects.filter(type="card.adjusted").count() == 3
    assert verify() == []


def test_one_who_approves_and_one_who_declines_at_once_have_one_winner(own_database: OwnDatabase) -> None:
    card = make_promo_card(make_shop())
    one = _asked(card)
    approved, declined = together(
        lambda: _decide(approve_adjustment, one), lambda: _decide(decline_adjustment, one)
    )
    winners = [outcome for outcome in (approved, declined) if isinstance(outcome, Adjustment)]
    assert len(winners) == 1
    assert balance_minor(card) == (14_000 if winners[0].state == "applied" else 5000)
    assert verify() == []
