"""Whatever a till's verb refuses, it leaves one audit row with the reason, and nothing else at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from giftwell.domain.catalog.models import Program
from giftwell.domain.ledger.models import Hold, Posting, Transfer
from giftwell.domain.redemption.models import Authorization, Redemption, Refund
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.errors import DomainError
from tests.domain.redemption.tills import Till
from tests.factories.ledger import NOON
from tests.laws.books import breaches

pytestmark = pytest.mark.django_db

BEYOND = 10**12
DAYS = timedelta(days=1)
END = NOON + 30 * DAYS


def whole(till: Till) -> dict[str, Any]:
    """Everything that a refusal must leave as it was."""
    with scope.platform(), reading():
        return {
            "counts": [one.objects.count() for one in (Posting, Transfer, Event)],
            "holds": list(Hold.objects.order_by("id").values_list("id", "state", "captured_minor")),
            "spent": list(
                Redemption.objects.order_by("id").values_list("id", "refunded_minor", "reversed_at")
            ),
            "set aside": list(Authorization.objects.order_by("id").values_list("id", flat=True)),
            "back": list(Refund.objects.order_by("id").values_list("id", "reversed_at")),
            "card": till.ground.folded(till.card.account),
            "books": breaches(),
        }  # fmt: skip


def refused(till: Till) -> list[str]:
    """The reasons that were written down, oldest first."""
    with scope.platform(), reading():
        return list(
            AuditRow.objects.filter(outcome="refused").order_by("id").values_list("reason", flat=True)
        )


def program(till: Till, **fields: Any) -> None:
    """Change the terms of the card's program."""
    with scope.platform(), transaction():
        Program.objects.filter(id=till.ground.program_id).update(**fields)


type Story = Callable[[Till], Callable[[], Any]]
"""Prepares the ground, and gives back the call that has to be refused."""

TAKING = ("redeem", "authorize")
TO_CARD = (*TAKING, "unlinked")


def of_a_card(verb: str, *amounts: int, **more: Any) -> Story:
    """A verb that names the card by its code."""
    return lambda till: lambda: getattr(till, verb)(*amounts, **more)


def of_a_stopped_card(verb: str, **change: Any) -> Story:
    def story(till: Till) -> Callable[[], Any]:
        till.change(**change)
        return lambda: getattr(till, verb)(100)

    return story


def of_an_expired_card(verb: str) -> Story:
    return lambda till: lambda: getattr(till, verb)(100, now=END)


def of_an_expired_cards_hold(till: Till) -> Callable[[], Any]:
    hold = till.authorize(9_000, now=END - DAYS).id
    return lambda: till.reauthorize(hold, 9_001, now=END)


def of_a_lapsed_hold(verb: str) -> Story:
    """One whose end has been written down, as the next look at the card does."""

    def story(till: Till) -> Callable[[], Any]:
        hold, later = till.authorize(100).id, NOON + 8 * DAYS
        till.redeem(1, now=later)
        return lambda: getattr(till, verb)(hold, now=later)

    return story


def of_a_foreign_card(verb: str) -> Story:
    def story(till: Till) -> Callable[[], Any]:
        other = Till()
        return lambda: getattr(till, verb)(100, code=other.code)

    return story


def of_a_hold(verb: str, *amounts: int | None, change: dict[str, Any] | None = None, **more: Any) -> Story:
    def story(till: Till) -> Callable[[], Any]:
        hold = till.authorize(9_000).id
        if change:
            till.change(**change)
        return lambda: getattr(till, verb)(hold, *amounts, **more)

    return story


def of_anothers(verb: str, made: str) -> Story:
    """The other merchant's authorization or redemption, by its right id."""

    def story(till: Till) -> Callable[[], Any]:
        theirs = getattr(Till(), made)().id
        return lambda: getattr(till, verb)(theirs)

    return story


def of_a_resolved_hold(verb: str) -> Story:
    def story(till: Till) -> Callable[[], Any]:
        hold = till.authorize(100).id
        till.void(hold)
        return lambda: getattr(till, verb)(hold)

    return story


def of_a_redemption(amount: int | None = None, change: dict[str, Any] | None = None) -> Story:
    def story(till: Till) -> Callable[[], Any]:
        spent = till.redeem(10_000).id
        if change:
            till.change(**change)
        return lambda: till.refund(spent, amount)

    return story


def of_a_reversed_redemption(till: Till) -> Callable[[], Any]:
    spent = till.redeem(500, "k").id
    till.reverse("k")
    return lambda: till.refund(spent, 1)


def beyond_a_day(call: Callable[[Till, UUID], Any]) -> Story:
    """A card whose day is used up by what is set aside on it."""

    def story(till: Till) -> Callable[[], Any]:
        program(till, max_spend_per_day_minor=1_000)
        hold = till.authorize(1_000).id
        return lambda: call(till, hold)

    return story


def reversing(prepare: Callable[[Till], Any], key: str = "k", **more: Any) -> Story:
    def story(till: Till) -> Callable[[], Any]:
        prepare(till)
        return lambda: till.reverse(key, **more)

    return story


def spent_since(till: Till) -> None:
    spent = till.redeem(10_000).id
    till.refund(spent, 400, "k")
    till.redeem(400)


def ended_since(till: Till) -> None:
    till.redeem(10_000, "k")
    till.change(status="closed", closed_at=NOON, close_reason="refunded")


FROZEN = {"status": "frozen"}
CLOSED = {"status": "closed", "closed_at": NOON, "close_reason": "fraud"}

TABLE: list[tuple[str, str, Story]] = [
    *[(f"{verb} {amount}", "amount_invalid", of_a_card(verb, amount))
      for verb in TO_CARD for amount in (0, -1, BEYOND)],
    *[(f"{verb} in another currency", "wrong_currency", of_a_card(verb, 100, currency="USD"))
      for verb in TO_CARD],
    *[(f"{verb} an unknown code", "card_not_found", of_a_card(verb, 100, code="7K4M-XQ2D-9FHT-3WNPV"))
      for verb in TO_CARD],
    *[(f"{verb} a foreign card", "card_not_found", of_a_foreign_card(verb)) for verb in TO_CARD],
    *[(f"{verb} a frozen card", "card_is_frozen", of_a_stopped_card(verb, **FROZEN)) for verb in TO_CARD],
    *[(f"{verb} an expired card", "card_is_expired", of_an_expired_card(verb)) for verb in TO_CARD],
    *[(f"{verb} without a key", "key_invalid", of_a_card(verb, 100, key="")) for verb in TO_CARD],
    *[(f"{verb} with a long reference", "reference_invalid", of_a_card(verb, 100, reference="x" * 121))
      for verb in TO_CARD],
    *[(f"{verb} at no place of ours", "location_not_found", of_a_card(verb, 100, location_id=uuid4()))
      for verb in TO_CARD],
    *[(f"{verb} too much", "insufficient_funds", of_a_card(verb, 10_001)) for verb in TAKING],
    ("authorize for too long", "lifetime_invalid", of_a_card("authorize", 100, expires_in_seconds=604_801)),
    ("authorize for no time", "lifetime_invalid", of_a_card("authorize", 100, expires_in_seconds=0)),
    ("redeem beyond a day", "day_limit_exceeded", beyond_a_day(lambda till, hold: till.redeem(1))),
    ("authorize beyond a day", "day_limit_exceeded", beyond_a_day(lambda till, hold: till.authorize(1))),
    ("a tip beyond a day", "day_limit_exceeded",
     beyond_a_day(lambda till, hold: till.capture(hold, tip_minor=1))),
    ("raise beyond a day", "day_limit_exceeded",
     beyond_a_day(lambda till, hold: till.reauthorize(hold, 1_001))),
    *[(f"{verb} {amount} of a hold", "amount_invalid", of_a_hold(verb, amount))
      for verb in ("capture", "reauthorize") for amount in (0, -1, BEYOND)],
    ("capture more than is held", "capture_exceeds_hold", of_a_hold("capture", 9_001)),
    ("a tip below zero", "amount_invalid", of_a_hold("capture", None, tip_minor=-1)),
    ("a tip above its share", "tip_exceeds_limit", of_a_hold("capture", None, tip_minor=2_701)),
    ("a tip that is not there", "insufficient_funds", of_a_hold("capture", None, tip_minor=1_001)),
    ("raise beyond the card", "insufficient_funds", of_a_hold("reauthorize", 10_001)),
    ("raise for too long", "lifetime_invalid", of_a_hold("reauthorize", None, expires_in_seconds=604_801)),
    ("raise on a frozen card", "card_is_frozen", of_a_hold("reauthorize", 9_001, change=FROZEN)),
    ("raise on an expired card", "card_is_expired", of_an_expired_cards_hold),
    *[(f"{verb} a hold that is over", "authorization_not_live", of_a_lapsed_hold(verb))
      for verb in ("capture", "void", "reauthorize")],
    *[(f"{verb} a hold that was let go", "authorization_not_live", of_a_resolved_hold(verb))
      for verb in ("capture", "void", "reauthorize")],
    *[(f"{verb} another's hold", "authorization_not_found", of_anothers(verb, "authorize"))
      for verb in ("capture", "void", "reauthorize")],
    *[(f"{verb} without a key", "key_invalid", of_a_hold(verb, key=""))
      for verb in ("capture", "void", "reauthorize")],
    *[(f"refund {amount}", "amount_invalid", of_a_redemption(amount)) for amount in (0, -1, BEYOND)],
    ("refund more than was taken", "refund_exceeds_capture", of_a_redemption(10_001)),
    ("refund another's", "redemption_not_found", of_anothers("refund", "redeem")),
    ("refund to a frozen card", "card_is_frozen", of_a_redemption(change=FROZEN)),
    ("refund to a card closed for fraud", "card_is_closed", of_a_redemption(change=CLOSED)),
    ("refund what was reversed", "redemption_is_reversed", of_a_reversed_redemption),
    ("reverse without a key", "key_invalid", reversing(lambda till: None, "")),
    ("reverse a void", "not_reversible", reversing(lambda till: till.void(till.authorize().id, "k"))),
    ("reverse after a day", "too_late_to_reverse",
     reversing(lambda till: till.redeem(key="k"), now=NOON + DAYS + timedelta(seconds=1))),
    ("reverse what was refunded", "already_refunded",
     reversing(lambda till: till.refund(till.redeem(key="k").id, 1))),
    ("reverse a refund that was spent", "insufficient_funds", reversing(spent_since)),
    ("reverse onto a closed card", "card_is_closed", reversing(ended_since)),
]  # fmt: skip


@pytest.mark.line("life-2")
@pytest.mark.parametrize(("code", "story"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_refusal_is_one_row_with_its_reason_and_nothing_else(code: str, story: Story) -> None:
    till = Till(expires_at=END)
    call = story(till)
    before, reasons = whole(till), refused(till)
    with pytest.raises(DomainError) as error:
        call()
    assert error.value.code == code
    assert refused(till) == [*reasons, code]
    assert whole(till) == before
