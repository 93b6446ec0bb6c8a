"""Refunds that reach whoever has the card now, and refunds without a redemption."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from giftwell.domain.cards.codes import open_code
from giftwell.domain.cards.models import Card
from giftwell.domain.catalog.models import Program
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.chart import Leg
from giftwell.domain.ledger.models import Transfer
from giftwell.domain.ledger.refusals import AmountInvalid, WrongCurrency
from giftwell.domain.redemption import refusals
from giftwell.domain.redemption.models import Refund
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.codes import new_code
from giftwell.kit.ids import public_id
from tests.database import OwnDatabase
from tests.domain.racing import together
from tests.domain.redemption.tills import Till
from tests.factories.ledger import NOON
from tests.laws.books import breaches

HOUR = timedelta(hours=1)


@pytest.fixture
def till(db: None) -> Till:
    return Till(1_000)


def close(till: Till, reason: str) -> None:
    """End the card, which is empty."""
    till.change(status="closed", closed_at=NOON, close_reason=reason)


def program(till: Till, **fields: Any) -> None:
    """Change the card's program."""
    with scope.platform(), transaction():
        Program.objects.filter(id=till.ground.program_id).update(**fields)


def card(card_id: UUID) -> Card:
    """A card's row."""
    with scope.platform(), reading():
        return Card.objects.get(id=card_id)


@pytest.mark.parametrize("reason", ["expired", "replaced", "refunded", "cashed_out", "merged"])
def test_a_refund_to_a_closed_card_opens_the_card_that_carries_it_on(till: Till, reason: str) -> None:
    taken = till.redeem(1_000)
    close(till, reason)
    first = till.refund(taken.id, 400, "k")
    assert (first.instead_of, first.amount.amount_minor, first.balance.amount_minor) == (
        till.card.id, 400, 400,
    )  # fmt: skip
    fresh = card(first.card_id)
    assert (fresh.status, fresh.replaces_id, fresh.last4) == ("active", till.card.id, first.last4)
    assert fresh.code_encrypted
    code = open_code(fresh.id, bytes(fresh.code_encrypted))
    assert till.redeem(100, code=code).card_id == fresh.id
    again = till.refund(taken.id, 400, "k")
    assert (again.replayed, again.card_id, again.instead_of, again.last4) == (
        True, fresh.id, till.card.id, first.last4,
    )  # fmt: skip
    # The rest finds the card that is there now.
    assert till.refund(taken.id).card_id == fresh.id
    assert till.ground.folded(till.ground.pending) == 97
    assert breaches() == []


def test_the_new_card_is_told_of_and_valid_as_long_as_one_of_its_program(db: None) -> None:
    till = Till(1_000, expires_at=NOON + HOUR)
    program(till, validity_days=10)
    taken = till.redeem(1_000)
    back = till.refund(taken.id, now=NOON + HOUR)
    fresh = card(back.card_id)
    # Dublin keeps winter time, so its days end with those of UTC.
    assert fresh.expires_at
    assert fresh.expires_at.isoformat() == "2026-12-04T23:59:59.999999+00:00"
    with scope.merchant(till.merchant_id), reading():
        events = Event.objects.filter(subject=fresh.public_id).order_by("id")
        told = {event.type: event.data for event in events}
        written = list(
            AuditRow.objects.filter(subject=fresh.public_id).order_by("id").values_list("action", flat=True)
        )
    assert written == list(told) == ["card.issued", "card.activated", "redemption.refunded"]
    assert told["card.issued"] == {
        "program": public_id("prog", till.ground.program_id), "amount_minor": 1_000, "currency": "EUR",
    }  # fmt: skip
    assert told["card.activated"] == {"amount_minor": 1_000, "currency": "EUR"}
    assert told["redemption.refunded"]["instead_of"] == public_id("card", till.card.id)


def test_nothing_goes_back_to_a_card_that_was_closed_for_fraud(till: Till) -> None:
    taken = till.redeem(1_000)
    close(till, "fraud")
    with pytest.raises(refusals.CardIsClosed):
        till.refund(taken.id)
    with scope.platform(), reading():
        assert Card.objects.filter(merchant_id=till.merchant_id).count() == 1


def test_a_refused_refund_opens_no_card(till: Till) -> None:
    taken = till.redeem(1_000)
    close(till, "expired")
    with pytest.raises(refusals.RefundExceedsCapture):
        till.refund(taken.id, 1_001)
    with pytest.raises(AmountInvalid):
        till.refund(taken.id, 0)
    with scope.platform(), reading():
        assert Card.objects.filter(merchant_id=till.merchant_id).count() == 1


def test_a_frozen_successor_gets_nothing(till: Till) -> None:
    taken = till.redeem(1_000)
    close(till, "replaced")
    fresh = till.refund(taken.id, 100).card_id
    with scope.platform(), transaction():
        Card.objects.filter(id=fresh).update(status="frozen")
    with pytest.raises(refusals.CardIsFrozen):
        till.refund(taken.id, 100)


def test_two_refunds_at_once_open_one_card(own_database: OwnDatabase) -> None:
    till = Till(1_000)
    spent = [till.redeem(250), till.redeem(250), till.redeem(250), till.redeem(250)]
    close(till, "expired")
    answers = together(*(lambda one=one: till.refund(one.id) for one in spent))
    assert len({answer.card_id for answer in answers}) == 1
    with scope.platform(), reading():
        assert Card.objects.filter(merchant_id=till.merchant_id).count() == 2
    assert breaches() == []


@pytest.mark.parametrize("funding", ["escrow", "promo", "direct"])
def test_an_unlinked_refund_is_paid_by_the_merchant(db: None, funding: str) -> None:
    till = Till(funding=funding)
    ground, account = till.ground, till.card.account
    given = till.unlinked(700, "k", location_id=ground.location_id, reference="no receipt")
    assert (given.amount.amount_minor, given.balance.amount_minor) == (700, 10_700)
    source = ground.pending if funding == "escrow" else ground.issued
    with scope.platform(), reading():
        moved = Transfer.objects.get(posting_id=given.id)
    legs = (Leg(moved.debit_id, moved.credit_id, moved.amount_minor),)
    assert legs == chart.unlinked_refund(card=account, source=source, amount_minor=700)
    again = till.unlinked(700, "k", location_id=ground.location_id, reference="no receipt")
    assert (again.replayed, again.id, again.card_id, again.last4) == (True, given.id, till.card.id, "TEST")
    with scope.merchant(till.merchant_id), reading():
        kept = Refund.objects.get(id=given.id)
        told = Event.objects.get(type="card.refunded")
    assert (kept.redemption_id, kept.reference, kept.location_id, kept.commission_minor) == (
        None, "no receipt", ground.location_id, 0,
    )  # fmt: skip
    assert told.data == {
        "refund": kept.public_id, "amount_minor": 700, "currency": "EUR", "balance_minor": 10_700,
        "location": public_id("loc", ground.location_id),
    }  # fmt: skip
    assert breaches() == []


def test_a_card_is_named_by_its_code_or_its_id(till: Till) -> None:
    assert till.unlinked(1, code=None, card_id=till.card.id).balance.amount_minor == 1_001
    other = Till()
    for wrong in (
        {"code": other.code},
        {"code": new_code()},
        {"code": "no"},
        {"code": None, "card_id": other.card.id},
    ):
        with pytest.raises(refusals.CardNotFound):
            till.unlinked(1, **wrong)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"amount": 0}, AmountInvalid),
        ({"currency": "USD"}, WrongCurrency),
        ({"key": ""}, refusals.KeyInvalid),
        ({"reference": "x" * 121}, refusals.ReferenceInvalid),
        ({"location_id": UUID(int=1)}, refusals.LocationNotFound),
        ({"amount": 501}, refusals.RefundExceedsLimit),
    ],
)
def test_what_is_wrong_with_an_unlinked_refund_is_said(
    till: Till, given: dict[str, Any], error: type[Exception]
) -> None:
    program(till, max_value_minor=500)
    with pytest.raises(error):
        till.unlinked(**{"amount": 5, **given})
    with scope.merchant(till.merchant_id), reading():
        reasons = list(AuditRow.objects.filter(outcome="refused").values_list("action", "reason"))
    assert reasons == [("card.refunded", error.code)]  # type: ignore[attr-defined]


def test_a_day_allows_ten_times_the_largest_value_and_the_next_day_begins_anew(till: Till) -> None:
    program(till, max_value_minor=500)
    for turn in range(10):
        till.unlinked(500, f"k{turn}")
    with pytest.raises(refusals.RefundExceedsDailyLimit):
        till.unlinked(1)
    till.reverse("k0")
    till.unlinked(500)
    midnight = NOON + timedelta(hours=12)
    with pytest.raises(refusals.RefundExceedsDailyLimit):
        till.unlinked(1, now=midnight - timedelta(microseconds=1))
    till.unlinked(1, now=midnight)
    assert breaches() == []


def test_a_card_takes_no_more_than_its_program_allows(till: Till) -> None:
    program(till, max_value_minor=500, max_balance_minor=1_200)
    till.unlinked(200)
    with pytest.raises(refusals.ExceedsMaxBalance):
        till.unlinked(1)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"status": "frozen"}, refusals.CardIsFrozen),
        ({"status": "closed", "closed_at": NOON, "close_reason": "expired"}, refusals.CardIsClosed),
    ],
)
def test_value_goes_only_where_it_can_be_spent(
    till: Till, change: dict[str, Any], error: type[Exception]
) -> None:
    till.change(**change)
    with pytest.raises(error):
        till.unlinked()


def test_two_unlinked_refunds_at_once_share_the_days_limit(own_database: OwnDatabase) -> None:
    till = Till()
    program(till, max_value_minor=500)
    for _ in range(9):
        till.unlinked(500)
    answers = together(*(lambda: till.unlinked(300) for _ in range(6)))
    assert sum(isinstance(one, refusals.RefundExceedsDailyLimit) for one in answers) == 5
    assert breaches() == []
