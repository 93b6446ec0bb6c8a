"""What a card is refused for is written down with its reason, and leaves no other trace."""

from collections.abc import Callable

import pytest

from giftwell.domain.cards.cancel_card import cancel_card
from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.cards.unfreeze_card import unfreeze_card
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from tests.factories.cards import make_pending_card, make_promo_card, make_sold_card
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS

WHY = {"reason": FreezeReason.MERCHANT}


def make_closed_card(merchant: Merchant) -> Card:
    card = make_promo_card(merchant)
    return close_card(merchant_id=merchant.id, card_id=card.id, actor=TESTS, now=now())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "verb", "more", "action", "reason"),
    [
        (make_pending_card, freeze_card, WHY, "card.frozen", "card_is_pending"),
        (make_closed_card, freeze_card, WHY, "card.frozen", "card_is_closed"),
        (make_closed_card, unfreeze_card, WHY, "card.unfrozen", "card_is_closed"),
        (make_sold_card, close_card, {}, "card.closed", "card_has_balance"),
        (make_sold_card, cancel_card, {}, "card.cancelled", "card_is_not_pending"),
    ],
)
def test_a_refusal_is_one_line_of_the_audit_and_nothing_else(
    make: Callable[[Merchant], Card],
    verb: Callable[..., Card],
    more: dict[str, object],
    action: str,
    reason: str,
) -> None:
    merchant = make_shop()
    card = make(merchant)
    before = _told(merchant)
    with pytest.raises(DomainError):
        verb(merchant_id=merchant.id, card_id=card.id, actor=TESTS, now=now(), **more)
    with scope.merchant(merchant.id), reading():
        row = AuditRow.objects.get(outcome="refused")
    assert (row.action, row.reason, row.subject) == (action, reason, card.public_id)
    assert row.actor == str(TESTS)
    assert _told(merchant) == before


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [freeze_card, unfreeze_card, close_card, cancel_card])
def test_a_foreign_card_is_not_there_and_whose_it_is_is_not_told(verb: Callable[..., Card]) -> None:
    owner, stranger = make_shop(), make_shop()
    card = make_promo_card(owner)
    more = WHY if verb in {freeze_card, unfreeze_card} else {}
    with pytest.raises(DomainError, match="no such card"):
        verb(merchant_id=stranger.id, card_id=card.id, actor=TESTS, now=now(), **more)
    for merchant, written in ((stranger, ["card_not_found"]), (owner, [])):
        with scope.merchant(merchant.id), reading():
            rows = AuditRow.objects.filter(outcome="refused").values_list("reason", flat=True)
            assert list(rows) == written


def _told(merchant: Merchant) -> list[str]:
    with scope.merchant(merchant.id), reading():
        return list(Event.objects.order_by("id").values_list("type", flat=True))
