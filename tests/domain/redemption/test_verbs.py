"""The verbs of redemption: what each takes, tells, writes and refuses."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from giftwell.domain.ledger import chart
from giftwell.domain.ledger.chart import Legs
from giftwell.domain.ledger.models import Transfer
from giftwell.domain.ledger.refusals import (
    AmountInvalid,
    CaptureExceedsHold,
    InsufficientFunds,
    LifetimeInvalid,
    WrongCurrency,
)
from giftwell.domain.redemption import refusals
from giftwell.domain.redemption.answers import Answer
from giftwell.domain.redemption.check_balance import check_balance
from giftwell.domain.redemption.models import Authorization, Redemption, Refund
from giftwell.domain.redemption.outcome_of_key import outcome_of_key
from giftwell.domain.redemption.queries import find_redemption, redemptions_of
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.codes import new_code
from giftwell.kit.errors import DomainError
from giftwell.kit.money import MAX_MINOR, Money
from tests.domain.redemption.tills import CASHIER, Till
from tests.factories.ledger import NOON, make_ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def till() -> Till:
    return Till()


def figures(answer: Answer) -> tuple[int, int, int]:
    """Amount, balance and available, in minor units."""
    return answer.amount.amount_minor, answer.balance.amount_minor, answer.available.amount_minor


def legs_of(posting: UUID) -> Legs:
    """What a posting moved."""
    with scope.platform(), reading():
        return tuple(
            chart.Leg(t.debit_id, t.credit_id, t.amount_minor)
            for t in Transfer.objects.filter(posting_id=posting).order_by("leg")
        )


def test_a_redemption_takes_the_amount_and_tells_what_is_left(till: Till) -> None:
    answer = till.redeem(1_000, location_id=till.ground.location_id, reference="receipt 7")
    assert figures(answer) == (1_000, 9_000, 9_000)
    assert (answer.card_id, answer.last4, answer.replayed, answer.at) == (till.card.id, "TEST", False, NOON)
    with scope.merchant(till.merchant_id), reading():
        kept = find_redemption(till.merchant_id, answer.id)
        assert list(redemptions_of(till.merchant_id)) == [kept]
    assert (kept.card_id, kept.location_id, kept.reference) == (
        till.card.id,
        till.ground.location_id,
        "receipt 7",
    )
    assert (kept.amount_minor, kept.commission_minor, kept.refundable_minor) == (1_000, 25, 1_000)
    assert (kept.actor, str(kept)) == (str(CASHIER), "1000 EUR")
    assert kept.public_id.startswith("red_")


def test_redemption_capture_and_refund_have_the_legs_of_the_chart(till: Till) -> None:
    ground, card = till.ground, till.card.account
    redeemed = till.redeem(1_000)
    captured = till.capture(till.authorize(1_000).id)
    expected = chart.redeem(
        card=card,
        pending=ground.pending,
        commission=ground.commission,
        amount_minor=1_000,
        commission_minor=25,
    )
    assert legs_of(redeemed.id) == legs_of(captured.id) == expected
    assert legs_of(till.refund(redeemed.id, 500).id) == chart.refund(
        card=card, pending=ground.pending, commission=ground.commission, amount_minor=500, commission_minor=13
    )


@pytest.mark.parametrize("funding", ["promo", "direct"])
def test_a_card_that_the_merchant_owes_pays_no_commission_when_spent(funding: str) -> None:
    till = Till(funding=funding)
    ground, card = till.ground, till.card.account
    redeemed = till.redeem(1_000)
    assert legs_of(redeemed.id) == chart.redeem_issued(card=card, issued=ground.issued, amount_minor=1_000)
    refunded = till.refund(redeemed.id)
    assert legs_of(refunded.id) == chart.refund_issued(card=card, issued=ground.issued, amount_minor=1_000)
    assert ground.folded(ground.pending) == 0


def test_where_the_commission_is_all_there_is_the_merchant_gets_nothing() -> None:
    till = Till(bps=0, fixed_minor=500)
    assert legs_of(till.redeem(300).id) == (chart.Leg(till.card.account, till.ground.commission, 300),)


def test_partial_takes_what_there_is(till: Till) -> None:
    till.authorize(9_000)
    assert figures(till.redeem(5_000, allow_partial=True)) == (1_000, 9_000, 0)
    with pytest.raises(InsufficientFunds):
        till.redeem(5_000, allow_partial=True)


def test_a_key_gives_the_first_answer_for_ever(till: Till) -> None:
    first = till.redeem(1_000, "k")
    till.redeem(9_000)
    with scope.merchant(till.merchant_id), transaction():
        till.change(status="closed", closed_at=NOON, close_reason="refunded")
    again = till.redeem(1_000, "k")
    assert again.replayed
    assert (again.id, figures(again), again.at, again.last4) == (first.id, figures(first), NOON, "TEST")


def test_a_key_used_for_another_body_names_the_fields_and_nothing_else(till: Till) -> None:
    till.redeem(1_000, "k", reference="a")
    with pytest.raises(refusals.KeyConflict) as caught:
        till.redeem(1_001, "k", reference="b")
    assert set(caught.value.errors) == {"amount_minor", "reference"}
    with pytest.raises(refusals.KeyConflict) as caught:
        till.authorize(1_000, "k", reference="a")
    assert set(caught.value.errors) == {"operation"}
    with pytest.raises(refusals.KeyConflict) as caught:
        till.refund(till.redeem(5).id, key="k")
    assert set(caught.value.errors) == {"operation"}


def test_a_key_is_its_merchants_own(till: Till) -> None:
    other = Till()
    assert not till.redeem(1_000, "k").replayed
    assert not other.redeem(2_000, "k").replayed


def test_a_refused_key_is_free(till: Till) -> None:
    with pytest.raises(InsufficientFunds):
        till.redeem(10_001, "k")
    assert not till.redeem(10_000, "k").replayed


@pytest.mark.parametrize("code", ["7K4M-XQ2D-9FHT-3WNPV", "", "not a code", "7" * 500, "\u0660" * 17])
def test_unknown_malformed_and_mistyped_codes_get_one_answer(till: Till, code: str) -> None:
    with pytest.raises(refusals.CardNotFound) as unknown:
        till.redeem(code=new_code())
    with pytest.raises(refusals.CardNotFound) as other:
        till.redeem(code=code)
    assert (unknown.value.detail, unknown.value.errors) == (other.value.detail, other.value.errors)
    with pytest.raises(refusals.CardNotFound):
        check_balance(merchant_id=till.merchant_id, code=code, now=NOON)


def test_another_merchants_code_is_nobodys(till: Till) -> None:
    other = Till()
    for verb in (till.redeem, till.authorize):
        with pytest.raises(refusals.CardNotFound):
            verb(code=other.code)
    with pytest.raises(refusals.CardNotFound):
        check_balance(merchant_id=till.merchant_id, code=other.code, now=NOON)


SPENDS: list[Callable[..., Callable[..., Answer]]] = [lambda till: till.redeem, lambda till: till.authorize]


@pytest.mark.parametrize("spend", SPENDS, ids=["redeem", "authorize"])
@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"amount": 0}, AmountInvalid),
        ({"amount": -1}, AmountInvalid),
        ({"amount": MAX_MINOR}, InsufficientFunds),
        ({"currency": "USD"}, WrongCurrency),
        ({"location_id": UUID(int=1)}, refusals.LocationNotFound),
        ({"reference": "x" * 121}, refusals.ReferenceInvalid),
        ({"key": ""}, refusals.KeyInvalid),
        ({"key": "x" * 256}, refusals.KeyInvalid),
    ],
)
def test_what_is_wrong_with_the_request_is_said(
    till: Till,
    spend: Callable[..., Callable[..., Answer]],
    given: dict[str, object],
    error: type[DomainError],
) -> None:
    with pytest.raises(error):
        spend(till)(**given)
    assert till.redeem(10_000).balance.amount_minor == 0


@pytest.mark.parametrize("spend", SPENDS, ids=["redeem", "authorize"])
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"status": "frozen"}, refusals.CardIsFrozen),
        ({"status": "closed", "closed_at": NOON, "close_reason": "fraud"}, refusals.CardIsClosed),
    ],
)
def test_a_card_that_is_stopped_is_not_spent(
    till: Till,
    spend: Callable[..., Callable[..., Answer]],
    change: dict[str, object],
    error: type[DomainError],
) -> None:
    till.change(**change)
    with pytest.raises(error):
        spend(till)()


@pytest.mark.parametrize("spend", SPENDS, ids=["redeem", "authorize"])
def test_a_card_is_spent_until_the_instant_it_expires(spend: Callable[..., Callable[..., Answer]]) -> None:
    till = Till(expires_at=NOON)
    spend(till)(now=NOON - timedelta(microseconds=1))
    with pytest.raises(refusals.CardIsExpired):
        spend(till)(now=NOON)


def test_a_place_that_is_closed_or_anothers_takes_nothing(till: Till) -> None:
    other = make_ground()
    with scope.platform(), transaction():
        closed = Location.objects.create(merchant_id=till.merchant_id, name="Old", is_active=False)
    for place in (closed.id, other.location_id):
        with pytest.raises(refusals.LocationNotFound):
            till.redeem(location_id=place)


@pytest.mark.parametrize("seconds", [0, -1, 604_801, 2**31 - 1])
def test_an_authorization_lasts_up_to_seven_days(till: Till, seconds: int) -> None:
    with pytest.raises(LifetimeInvalid):
        till.authorize(expires_in_seconds=seconds)
    assert till.authorize(expires_in_seconds=604_800).expires_at == NOON + timedelta(days=7)


def test_an_authorization_is_captured_once_in_part_and_the_rest_is_free(till: Till) -> None:
    hold = till.authorize(4_000, location_id=till.ground.location_id, reference="table 4")
    assert figures(hold) == (4_000, 10_000, 6_000)
    with pytest.raises(CaptureExceedsHold):
        till.capture(hold.id, 4_001)
    with pytest.raises(AmountInvalid):
        till.capture(hold.id, 0)
    taken = till.capture(hold.id, 1_500, "k")
    assert figures(taken) == (1_500, 8_500, 8_500)
    assert taken.of_id == hold.id
    again = till.capture(hold.id, 1_500, "k")
    assert (again.replayed, again.id, again.of_id, figures(again)) == (
        True,
        taken.id,
        hold.id,
        figures(taken),
    )
    for verb in (till.capture, till.void):
        with pytest.raises(refusals.AuthorizationNotLive):
            verb(hold.id)
    with scope.merchant(till.merchant_id), reading():
        kept = Redemption.objects.get(id=taken.id)
        placed = Authorization.objects.get(id=hold.id)
    assert (kept.authorization_id, kept.location_id, kept.reference) == (
        hold.id,
        till.ground.location_id,
        "table 4",
    )
    assert (placed.public_id[:5], str(placed)) == ("auth_", "4000 EUR")


def test_a_hold_of_a_frozen_card_may_still_be_captured(till: Till) -> None:
    hold = till.authorize(1_000)
    till.change(status="frozen")
    assert till.capture(hold.id).balance.amount_minor == 9_000


def test_a_void_frees_what_was_held(till: Till) -> None:
    hold = till.authorize(4_000)
    freed = till.void(hold.id, "k")
    assert (freed.id, figures(freed)) == (hold.id, (4_000, 10_000, 10_000))
    again = till.void(hold.id, "k")
    assert (again.replayed, again.id, again.card_id) == (True, hold.id, till.card.id)


def test_a_hold_that_is_over_is_neither_captured_nor_voided_and_blocks_nothing(till: Till) -> None:
    hold = till.authorize(10_000, expires_in_seconds=60)
    later = NOON + timedelta(seconds=60)
    for verb in (till.capture, till.void):
        with pytest.raises(refusals.AuthorizationNotLive):
            verb(hold.id, now=later)
    assert till.redeem(10_000, now=later).balance.amount_minor == 0


def test_anothers_authorization_and_redemption_are_nobodys(till: Till) -> None:
    other = Till()
    hold, redeemed = other.authorize(), other.redeem()
    for verb in (till.capture, till.void):
        with pytest.raises(refusals.AuthorizationNotFound):
            verb(hold.id)
    with pytest.raises(refusals.RedemptionNotFound):
        till.refund(redeemed.id)
    with scope.merchant(till.merchant_id), reading(), pytest.raises(refusals.RedemptionNotFound):
        find_redemption(till.merchant_id, redeemed.id)


def test_refunds_give_back_what_was_taken_to_the_cent_and_no_more(till: Till) -> None:
    taken = till.redeem(999)
    first = till.refund(taken.id, 333, "k")
    assert figures(first) == (333, 9_334, 9_334)
    assert first.of_id == taken.id
    assert till.refund(taken.id, 333, "k").replayed
    with pytest.raises(refusals.RefundExceedsCapture):
        till.refund(taken.id, 667)
    with pytest.raises(AmountInvalid):
        till.refund(taken.id, -1)
    assert till.refund(taken.id).amount.amount_minor == 666
    with pytest.raises(refusals.RefundExceedsCapture):
        till.refund(taken.id)
    assert till.ground.folded(till.ground.pending) == 0
    with scope.merchant(till.merchant_id), reading():
        refunds = list(Refund.objects.filter(redemption_id=taken.id).order_by("id"))
    assert sum(one.commission_minor for one in refunds) == 25
    assert (refunds[0].public_id[:4], str(refunds[0])) == ("ref_", "333 EUR")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"status": "frozen"}, refusals.CardIsFrozen),
        ({"status": "closed", "closed_at": NOON, "close_reason": "fraud"}, refusals.CardIsClosed),
    ],
)
def test_nothing_goes_back_to_where_it_cannot_be_spent(
    till: Till, change: dict[str, object], error: type[DomainError]
) -> None:
    taken = till.redeem()
    till.change(**change)
    with pytest.raises(error):
        till.refund(taken.id)


def test_a_balance_leaves_out_what_is_held_until_it_lapses(till: Till) -> None:
    till.authorize(4_000, expires_in_seconds=60)
    found = check_balance(merchant_id=till.merchant_id, code=till.code.lower(), now=NOON)
    assert (found.balance, found.available) == (Money(10_000, "EUR"), Money(6_000, "EUR"))
    assert (found.card_id, found.status, found.last4, found.expires_at) == (
        till.card.id,
        "active",
        "TEST",
        None,
    )
    later = check_balance(merchant_id=till.merchant_id, code=till.code, now=NOON + timedelta(seconds=60))
    assert later.available == Money(10_000, "EUR")


def test_a_key_can_be_asked_what_it_did(till: Till) -> None:
    hold = till.authorize(500, "a", expires_in_seconds=60)
    other = till.authorize(100, "a2")
    taken = till.capture(hold.id, 400, "c")
    spent = till.redeem(100, "r")
    given_back = till.refund(taken.id, 50, "f")
    till.void(other.id, "v")
    expected = {
        "a": ("authorize", hold.id, 500, None),
        "c": ("capture", taken.id, 400, hold.id),
        "r": ("redeem", spent.id, 100, None),
        "f": ("refund", given_back.id, 50, taken.id),
        "v": ("void", other.id, 100, None),
    }
    for key, told in expected.items():
        found = outcome_of_key(merchant_id=till.merchant_id, key=key)
        assert found
        assert (found.operation, found.id, found.amount.amount_minor, found.of_id) == told
        assert (found.card_id, found.last4, found.at) == (till.card.id, "TEST", NOON)
    assert outcome_of_key(merchant_id=till.merchant_id, key="a").expires_at == hold.expires_at  # type: ignore[union-attr]
    assert outcome_of_key(merchant_id=till.merchant_id, key="never") is None
    assert outcome_of_key(merchant_id=make_ground().merchant_id, key="r") is None


def test_what_was_refused_is_written_down_with_its_reason(till: Till) -> None:
    with pytest.raises(InsufficientFunds):
        till.redeem(10_001, request_id="req_1")
    till.redeem(5, "k")
    with pytest.raises(refusals.KeyConflict):
        till.redeem(6, "k")
    with pytest.raises(refusals.CardNotFound):
        till.redeem(code=new_code())
    with scope.merchant(till.merchant_id), reading():
        rows = list(
            AuditRow.objects.filter(outcome="refused").order_by("id").values_list("action", "reason", "actor")
        )
        assert AuditRow.objects.get(request_id="req_1").reason == "insufficient_funds"
    reasons = ["insufficient_funds", "idempotency_conflict", "card_not_found"]
    assert rows == [("redemption.made", reason, str(CASHIER)) for reason in reasons]
