"""A little is corrected by one person, more by two, and never by a machine or by the same person twice."""

from datetime import timedelta

import pytest

from giftwell.domain.cards.adjust_card import Adjusted, adjust_card
from giftwell.domain.cards.adjusting import GoodwillNeedsEscrow, PayableDoesNotCover, ReasonIsInvalid
from giftwell.domain.cards.caps import ExceedsMaxBalance
from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.decide_adjustment import (
    AdjustmentHasLapsed,
    AdjustmentIsDecided,
    OnlyPeopleDecide,
    OwnAdjustment,
    UnknownAdjustment,
    approve_adjustment,
    decline_adjustment,
)
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.cards.refusals import CardIsClosed, CardIsExpired, CardIsPending
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.chart import legs
from giftwell.domain.ledger.post import Move, post_one
from giftwell.domain.ledger.refusals import AmountInvalid, InsufficientFunds, WrongCurrency
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.idempotency.once import KeyConflict
from giftwell.foundation.identity.create_api_key import create_api_key
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit import codes
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id
from giftwell.kit.money import Money
from tests.domain.books import credit_of
from tests.domain.racing import together
from tests.factories.cards import balance_minor, code_of, make_pending_card, make_promo_card, make_sold_card
from tests.factories.catalog import make_program, make_shop

ANNA, BEN = Actor.person(new_id()), Actor.person(new_id())
GOODWILL = Adjustment.Source.GOODWILL


def _adjust(
    card: Card, change_minor: int, *, key: str = "", actor: Actor = ANNA, reason: str = "Till error",
    currency: str = "EUR", **more: object,
) -> Adjusted:  # fmt: skip
    return adjust_card(
        merchant_id=card.merchant_id,
        card_id=card.id,
        change=Money(change_minor, currency),
        reason=reason,
        key=key or new_id().hex,
        actor=actor,
        now=more.pop("at", now()),  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def _approve(asked: Adjusted, actor: Actor = BEN, **more: object) -> Adjustment:
    one = asked.adjustment
    return approve_adjustment(
        merchant_id=one.merchant_id,
        adjustment_id=one.id,
        actor=actor,
        now=more.pop("at", now()),  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def _decline(asked: Adjusted, actor: Actor = BEN) -> Adjustment:
    one = asked.adjustment
    return decline_adjustment(merchant_id=one.merchant_id, adjustment_id=one.id, actor=actor, now=now())


def _refusals(merchant: Merchant) -> list[tuple[str, str]]:
    with scope.merchant(merchant.id), reading():
        rows = AuditRow.objects.filter(merchant_id=merchant.id, outcome="refused").order_by("id")
        return list(rows.values_list("action", "reason"))


def _earn(merchant: Merchant, amount_minor: int) -> None:
    """Move money into `payable`, as a release does; no verb of ours does it yet."""
    with scope.merchant(merchant.id), transaction():
        pending, payable = open_accounts(
            [AccountSpec(merchant.id, kind, "EUR") for kind in ("pending", "payable")]
        )
        post_one(
            Move(
                merchant.id,
                "release",
                "EUR",
                f"release:{new_id()}",
                legs((pending, payable, amount_minor)),
                "system:tests",
            ),
            now=now(),
        )


@pytest.mark.django_db
def test_a_little_is_applied_at_once_by_one_person() -> None:
    card = make_promo_card(make_shop())
    assert _adjust(card, 5000).adjustment.state == "applied"
    assert balance_minor(card) == 10_000
    assert _adjust(card, -3000, actor=BEN).adjustment.state == "applied"
    assert balance_minor(card) == 7000
    assert credit_of("issued", owner=card.merchant_id) == -7000
    assert verify() == []


@pytest.mark.django_db
def test_what_one_person_does_alone_adds_up_over_the_day_both_ways_and_over_cards() -> None:
    merchant = make_shop()
    card, other = make_promo_card(merchant), make_promo_card(merchant)
    assert _adjust(card, 2500).adjustment.state == "applied"
    assert _adjust(other, -2000).adjustment.state == "applied"
    assert _adjust(card, 501).adjustment.state == "requested"
    assert _adjust(card, 501, actor=BEN).adjustment.state == "applied"
    assert _adjust(card, 500, at=now() + timedelta(days=1)).adjustment.state == "applied"
    assert _adjust(card, 4501, at=now() + timedelta(days=1)).adjustment.state == "requested"


@pytest.mark.django_db
def test_more_waits_for_another_person() -> None:
    merchant = make_shop()
    card = make_promo_card(merchant)
    asked = _adjust(card, 5001)
    assert (asked.adjustment.state, balance_minor(card)) == ("requested", 5000)
    with pytest.raises(OwnAdjustment):
        _approve(asked, ANNA)
    assert balance_minor(card) == 5000
    assert _approve(asked).decided_by == str(BEN)
    assert balance_minor(card) == 10_001
    assert _approve(asked).state == "applied"
    with pytest.raises(AdjustmentIsDecided):
        _approve(asked, Actor.person(new_id()))
    with pytest.raises(AdjustmentIsDecided):
        _decline(asked)
    assert balance_minor(card) == 10_001
    assert ("card.adjustment_approved", "own_adjustment") in _refusals(merchant)
    with scope.merchant(merchant.id), reading():
        told = list(
            Event.objects.filter(subject=card.public_id, type__contains="adjust").order_by("at", "id")
        )
    assert [event.type for event in told] == [
        "card.adjustment_requested",
        "card.adjustment_approved",
        "card.adjusted",
    ]
    assert told[-1].data["balance_minor"] == 10_001
    assert "Till error" not in str([event.data for event in told])
    assert verify() == []


@pytest.mark.django_db
def test_a_machine_asks_and_never_approves_and_its_maker_is_not_a_second_person() -> None:
    merchant = make_shop()
    card = make_promo_card(merchant)
    key, _ = create_api_key(merchant=merchant, name="Desk", scopes=["cards:write"], actor=ANNA, now=now())
    machine = Actor.api_key(key.id)
    asked = _adjust(card, 9000, actor=machine)
    assert asked.adjustment.state == "requested"
    for actor in (machine, Actor.command("adjust"), Actor.system("jobs")):
        with pytest.raises(OnlyPeopleDecide):
            _approve(asked, actor)
        with pytest.raises(OnlyPeopleDecide):
            _decline(asked, actor)
    with pytest.raises(OwnAdjustment):
        _approve(asked, ANNA)
    assert _approve(asked).state == "applied"


@pytest.mark.django_db
def test_a_declined_or_lapsed_request_moves_nothing_ever() -> None:
    card = make_promo_card(make_shop())
    declined, withdrawn, lapsed = (_adjust(card, 9000 + number) for number in range(3))
    assert _decline(declined).state == "declined"
    assert _decline(declined).state == "declined"
    assert _decline(withdrawn, ANNA).decided_by == str(ANNA)
    for asked in (declined, withdrawn):
        with pytest.raises(AdjustmentIsDecided):
            _approve(asked, Actor.person(new_id()))
    late = now() + timedelta(days=7, seconds=1)
    assert lapsed.adjustment.state_at(late) == "lapsed"
    with pytest.raises(AdjustmentHasLapsed):
        _approve(lapsed, at=late)
    assert balance_minor(card) == 5000


@pytest.mark.django_db
def test_paid_value_is_the_holders_and_is_never_taken_by_one_person() -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    asked = _adjust(card, -1)
    assert asked.adjustment.state == "requested"
    _approve(asked)
    assert (balance_minor(card), credit_of("payable", owner=merchant.id)) == (4999, 1)
    assert verify() == []


@pytest.mark.django_db
def test_value_added_to_an_escrow_card_is_money_that_the_merchant_has() -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    _earn(merchant, 3000)
    assert _adjust(card, 2000).adjustment.state == "applied"
    assert (balance_minor(card), credit_of("payable", owner=merchant.id)) == (7000, 1000)
    with pytest.raises(PayableDoesNotCover):
        _adjust(card, 1001)
    assert (balance_minor(card), credit_of("payable", owner=merchant.id)) == (7000, 1000)
    assert _refusals(merchant) == [("card.adjusted", "payable_does_not_cover")]
    assert verify() == []


@pytest.mark.django_db
def test_goodwill_is_the_platforms_and_takes_two_of_its_people() -> None:
    card = make_sold_card(make_shop())
    asked = _adjust(card, 100, source=GOODWILL)
    assert asked.adjustment.state == "requested"
    with pytest.raises(UnknownAdjustment):
        _approve(asked)
    with pytest.raises(OwnAdjustment):
        _approve(asked, ANNA, source=GOODWILL)
    _approve(asked, source=GOODWILL)
    assert (balance_minor(card), credit_of("goodwill")) == (5100, -100)
    with pytest.raises(AmountInvalid):
        _adjust(card, -100, source=GOODWILL)
    with pytest.raises(GoodwillNeedsEscrow):
        _adjust(make_promo_card(make_shop()), 100, source=GOODWILL)
    assert verify() == []


@pytest.mark.django_db
def test_a_card_never_goes_below_what_is_available() -> None:
    merchant = make_shop()
    card = make_promo_card(merchant, 1000)
    with pytest.raises(InsufficientFunds):
        _adjust(card, -1001)
    asked = _adjust(card, -6000)
    with pytest.raises(InsufficientFunds):
        _approve(asked)
    assert balance_minor(card) == 1000
    assert _decline(asked).state == "declined"


@pytest.mark.django_db
def test_a_cap_on_the_balance_is_kept() -> None:
    merchant = make_shop()
    program = make_program(merchant, funding="promo", max_value_minor=6000, max_balance_minor=6000)
    card = make_promo_card(merchant, 5000, program=program)
    with pytest.raises(ExceedsMaxBalance) as refusal:
        _adjust(card, 1001)
    assert "60.00 EUR" in refusal.value.errors["amount_minor"]
    assert _adjust(card, 1000).adjustment.state == "applied"


@pytest.mark.django_db
def test_only_a_card_in_its_time_is_adjusted() -> None:
    merchant = make_shop()
    closed = make_promo_card(merchant)
    close_card(merchant_id=merchant.id, card_id=closed.id, actor=ANNA, now=now())
    with pytest.raises(CardIsClosed):
        _adjust(closed, 100)
    with pytest.raises(CardIsPending):
        _adjust(make_pending_card(merchant), 100)
    old = make_promo_card(merchant)
    with pytest.raises(CardIsExpired):
        _adjust(old, 100, at=old.expires_at)
    with pytest.raises(WrongCurrency):
        _adjust(old, 100, currency="SEK")
    for amount in (0, 10**12):
        with pytest.raises(AmountInvalid):
            _adjust(old, amount)


@pytest.mark.django_db
def test_a_reason_is_words_and_never_a_code() -> None:
    card = make_promo_card(make_shop())
    code = code_of(card)
    shown = codes.display(code)
    for reason in ("", "  ", "ok", "x" * 201, "two\nlines", f"for {code}", f"card {shown}!", shown.lower(),
                   shown.replace("-", " "), "4111 1111 1111 1111"):  # fmt: skip
        with pytest.raises(ReasonIsInvalid):
            _adjust(card, 100, reason=reason)
    for reason in ("Said that this card took twice what it ought", "Order 4KQ2-9XTM, invoice 2026-000123"):
        _adjust(card, 100, reason=reason)


@pytest.mark.django_db
def test_a_key_adjusts_once() -> None:
    card = make_promo_card(make_shop())
    first, again = (_adjust(card, 100, key="k") for _ in range(2))
    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.adjustment.id == first.adjustment.id
    with pytest.raises(KeyConflict) as refusal:
        _adjust(card, 200, key="k")
    assert set(refusal.value.errors) == {"change_minor"}
    assert balance_minor(card) == 5100


@pytest.mark.django_db
def test_another_merchants_card_and_request_are_not_there() -> None:
    card, other = make_promo_card(make_shop()), make_shop()
    asked = _adjust(card, 9000)
    with pytest.raises(CardNotFound):
        adjust_card(
            merchant_id=other.id, card_id=card.id, change=Money(100, "EUR"), reason="Till error", key="k",
            actor=BEN, now=now(),
        )  # fmt: skip
    for decide in (approve_adjustment, decline_adjustment):
        with pytest.raises(UnknownAdjustment):
            decide(merchant_id=other.id, adjustment_id=asked.adjustment.id, actor=BEN, now=now())
    assert balance_minor(card) == 5000


@pytest.mark.usefixtures("own_database")
def test_two_approvals_at_once_apply_once() -> None:
    merchant = make_shop()
    card = make_promo_card(merchant)
    asked = _adjust(card, 9000)
    outcomes = together(
        *[lambda person=person: _approve(asked, person) for person in (BEN, BEN, Actor.person(new_id()))],
        lambda: _decline(asked, ANNA),
    )
    assert sum(isinstance(one, Adjustment) and one.state == "applied" for one in outcomes) <= 2
    with scope.merchant(merchant.id), reading():
        state = Adjustment.objects.get(pk=asked.adjustment.pk).state
        times = Event.objects.filter(type="card.adjusted").count()
    assert balance_minor(card) == (14_000 if state == "applied" else 5000)
    assert times == (1 if state == "applied" else 0)
    assert verify() == []


@pytest.mark.usefixtures("own_database")
def test_small_ones_at_once_do_not_pass_the_days_limit() -> None:
    merchant = make_shop()
    cards = [make_promo_card(merchant) for _ in range(3)]
    outcomes = together(*[lambda card=card: _adjust(card, 3000) for card in cards])
    assert sorted(one.adjustment.state for one in outcomes) == ["applied", "requested", "requested"]


@pytest.mark.usefixtures("own_database")
def test_adjustments_both_ways_on_one_payable_do_not_wait_for_each_other() -> None:
    merchant = make_shop()
    cards = [make_sold_card(merchant) for _ in range(2)]
    _earn(merchant, 4000)
    asked = [_adjust(card, -1000) for card in cards]
    outcomes = together(
        *[lambda one=one: _approve(one) for one in asked],
        *[lambda card=card: _adjust(card, 1000, actor=BEN) for card in cards],
    )
    assert all(isinstance(one, Adjusted | Adjustment) for one in outcomes), outcomes
    assert [balance_minor(card) for card in cards] == [5000, 5000]
    assert credit_of("payable", owner=merchant.id) == 4000
    assert verify() == []
