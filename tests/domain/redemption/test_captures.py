"""Captures in parts, tips, and authorizations that are replaced."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from giftwell.domain.ledger.chart import Leg
from giftwell.domain.ledger.models import Account, Hold, Transfer
from giftwell.domain.ledger.refusals import (
    AmountInvalid,
    CaptureExceedsHold,
    InsufficientFunds,
    LifetimeInvalid,
)
from giftwell.domain.redemption import refusals
from giftwell.domain.redemption.capture import MOST_TIP_PERCENT
from giftwell.domain.redemption.models import Authorization, Redemption
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.ids import public_id
from tests.domain.redemption.tills import Till
from tests.factories.ledger import NOON
from tests.laws.books import breaches

pytestmark = pytest.mark.django_db


@pytest.fixture
def till() -> Till:
    return Till()


def on_card(till: Till) -> tuple[int | None, int | None]:
    """Balance and held, as the account says."""
    with scope.platform(), reading():
        account = Account.objects.get(id=till.card.account)
    return account.balance_minor, account.held_minor


def state_of(hold: UUID) -> tuple[str, int]:
    """The hold's state and what was captured of it."""
    with scope.platform(), reading():
        found = Hold.objects.get(id=hold)
    return found.state, found.captured_minor


def test_parts_leave_the_rest_held_and_the_last_one_releases_it(till: Till) -> None:
    hold = till.authorize(6_000)
    first = till.capture(hold.id, 1_000, final=False)
    assert (first.balance.amount_minor, first.available.amount_minor) == (9_000, 4_000)
    till.capture(hold.id, 2_000, "k", final=False)
    assert till.capture(hold.id, 2_000, "k", final=False).replayed
    assert (on_card(till), state_of(hold.id)) == ((7_000, 3_000), ("live", 3_000))
    with pytest.raises(CaptureExceedsHold):
        till.capture(hold.id, 3_001)
    last = till.capture(hold.id, 500)
    assert (last.balance.amount_minor, last.available.amount_minor) == (6_500, 6_500)
    assert (on_card(till), state_of(hold.id)) == ((6_500, 0), ("captured", 3_500))
    with pytest.raises(refusals.AuthorizationNotLive):
        till.capture(hold.id, 1)
    assert breaches() == []


def test_without_an_amount_a_capture_takes_what_is_still_held(till: Till) -> None:
    hold = till.authorize(6_000)
    till.capture(hold.id, 1_000, final=False)
    assert till.capture(hold.id, final=False).amount.amount_minor == 5_000
    # All of it was taken: nothing is left to live for.
    assert state_of(hold.id) == ("captured", 6_000)
    with pytest.raises(refusals.AuthorizationNotLive):
        till.capture(hold.id)


def test_what_is_left_of_a_hold_is_voided_or_lapses(till: Till) -> None:
    hold, other = till.authorize(3_000), till.authorize(2_000, expires_in_seconds=60)
    till.capture(hold.id, 1_000, final=False)
    till.capture(other.id, 500, final=False)
    assert till.void(hold.id).amount.amount_minor == 2_000
    assert state_of(hold.id) == ("voided", 1_000)
    later = NOON + timedelta(seconds=60)
    with pytest.raises(refusals.AuthorizationNotLive):
        till.capture(other.id, 1, now=later)
    till.redeem(8_500, now=later)
    assert (on_card(till), state_of(other.id)) == ((0, 0), ("lapsed", 500))
    with scope.platform(), reading():
        assert Event.objects.get(type="authorization.lapsed").data["amount_minor"] == 1_500
    assert breaches() == []


def test_a_tip_takes_from_the_hold_first_and_then_from_what_is_available(till: Till) -> None:
    hold = till.authorize(5_000)
    taken = till.capture(hold.id, 4_800, tip_minor=700)
    assert taken.amount.amount_minor == 5_500
    assert (on_card(till), state_of(hold.id)) == ((4_500, 0), ("captured", 5_000))
    with scope.merchant(till.merchant_id), reading():
        kept = Redemption.objects.get(id=taken.id)
    assert (kept.amount_minor, kept.tip_minor, kept.commission_minor) == (5_500, 700, 138)
    with scope.platform(), reading():
        legs = [
            Leg(t.debit_id, t.credit_id, t.amount_minor)
            for t in Transfer.objects.filter(posting_id=taken.id).order_by("leg")
        ]
    card, ground = till.card.account, till.ground
    assert legs == [
        Leg(card, ground.pending, 4_662), Leg(card, ground.commission, 138), Leg(card, ground.pending, 700),
    ]  # fmt: skip
    assert breaches() == []


def test_a_tip_that_is_not_there_takes_nothing_at_all() -> None:
    till = Till(5_000)
    hold = till.authorize(5_000)
    with pytest.raises(InsufficientFunds):
        till.capture(hold.id, 5_000, tip_minor=1)
    assert (on_card(till), state_of(hold.id)) == ((5_000, 5_000), ("live", 0))
    assert till.capture(hold.id, 4_000, tip_minor=1_000).balance.amount_minor == 0


def test_the_tips_of_an_authorization_are_limited_together(till: Till) -> None:
    most = 4_000 * MOST_TIP_PERCENT // 100
    hold = till.authorize(4_000)
    with pytest.raises(refusals.TipExceedsLimit):
        till.capture(hold.id, 100, tip_minor=most + 1)
    till.capture(hold.id, 100, tip_minor=most - 1, final=False)
    with pytest.raises(refusals.TipExceedsLimit):
        till.capture(hold.id, 100, tip_minor=2, final=False)
    till.capture(hold.id, 100, tip_minor=1, final=False)
    with pytest.raises(AmountInvalid):
        till.capture(hold.id, 100, tip_minor=-1)
    assert breaches() == []


def test_where_the_commission_is_more_than_the_amount_the_tip_pays_the_rest() -> None:
    till = Till(bps=0, fixed_minor=120)
    hold = till.authorize(1_000)
    till.capture(hold.id, 100, tip_minor=50)
    assert till.ground.folded(till.ground.pending) == 30
    assert breaches() == []


def test_a_tip_is_refunded_with_the_rest(till: Till) -> None:
    taken = till.capture(till.authorize(1_000).id, tip_minor=300)
    assert till.refund(taken.id).amount.amount_minor == 1_300
    assert till.ground.folded(till.ground.pending) == 0
    assert breaches() == []


@pytest.mark.parametrize("funding", ["promo", "direct"])
def test_a_tip_of_a_card_that_the_merchant_owes_lowers_what_it_owes(funding: str) -> None:
    till = Till(funding=funding)
    till.capture(till.authorize(1_000).id, tip_minor=100)
    assert on_card(till) == (8_900, 0)
    assert breaches() == []


def test_an_authorization_is_raised_and_lasts_longer_under_a_new_id(till: Till) -> None:
    hold = till.authorize(4_000, expires_in_seconds=60, location_id=till.ground.location_id, reference="t4")
    more = till.reauthorize(hold.id, 9_500, "k", expires_in_seconds=3_600)
    assert (more.of_id, more.amount.amount_minor, more.available.amount_minor) == (hold.id, 9_500, 500)
    assert more.expires_at == NOON + timedelta(hours=1)
    again = till.reauthorize(hold.id, 9_500, "k", expires_in_seconds=3_600)
    assert (again.replayed, again.id, again.of_id, again.expires_at) == (
        True, more.id, hold.id, more.expires_at,
    )  # fmt: skip
    assert (on_card(till), state_of(hold.id)) == ((10_000, 9_500), ("voided", 0))
    with pytest.raises(refusals.AuthorizationNotLive):
        till.capture(hold.id)
    with scope.merchant(till.merchant_id), reading():
        placed = Authorization.objects.get(id=more.id)
    assert (placed.replaces_id, placed.location_id, placed.reference) == (
        hold.id, till.ground.location_id, "t4",
    )  # fmt: skip
    assert till.capture(more.id).amount.amount_minor == 9_500
    assert breaches() == []


def test_without_an_amount_what_is_still_held_is_held_longer(till: Till) -> None:
    hold = till.authorize(4_000, expires_in_seconds=60)
    till.capture(hold.id, 1_000, final=False)
    longer = till.reauthorize(hold.id)
    assert (longer.amount.amount_minor, longer.expires_at) == (3_000, NOON + timedelta(days=7))
    with scope.merchant(till.merchant_id), reading():
        told = list(Event.objects.order_by("id").values_list("type", "data__authorization"))
    assert told[-2:] == [
        ("authorization.voided", public_id("auth", hold.id)),
        ("authorization.placed", public_id("auth", longer.id)),
    ]
    assert breaches() == []


@pytest.mark.parametrize(
    ("amount", "more", "error"),
    [
        (10_001, {}, InsufficientFunds),
        (0, {}, AmountInvalid),
        (10**12, {}, AmountInvalid),
        (5, {"expires_in_seconds": 0}, LifetimeInvalid),
        (5, {"expires_in_seconds": 604_801}, LifetimeInvalid),
        (5, {"key": ""}, refusals.KeyInvalid),
        (5, {"now": NOON + timedelta(seconds=60)}, refusals.AuthorizationNotLive),
    ],
)
def test_where_the_new_one_is_refused_the_old_one_stays(
    till: Till, amount: int, more: dict[str, Any], error: type[Exception]
) -> None:
    hold = till.authorize(4_000, expires_in_seconds=60)
    with pytest.raises(error):
        till.reauthorize(hold.id, amount, **more)
    assert state_of(hold.id)[0] == ("lapsed" if "now" in more else "live")
    assert breaches() == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"status": "frozen"}, refusals.CardIsFrozen),
        ({"expires_at": NOON}, refusals.CardIsExpired),
    ],
)
def test_a_card_that_is_stopped_sets_nothing_aside_anew(
    change: dict[str, Any], error: type[Exception]
) -> None:
    till = Till(expires_at=change.get("expires_at"))
    hold = till.authorize(4_000, now=NOON - timedelta(hours=1))
    if "status" in change:
        till.change(**change)
    with pytest.raises(error):
        till.reauthorize(hold.id)
    assert till.capture(hold.id).balance.amount_minor == 6_000


def test_anothers_authorization_is_nobodys(till: Till) -> None:
    hold = Till().authorize()
    with pytest.raises(refusals.AuthorizationNotFound):
        till.reauthorize(hold.id)


def test_a_conflict_of_keys_leaves_the_old_one(till: Till) -> None:
    hold = till.authorize(4_000)
    till.redeem(5, "k")
    with pytest.raises(refusals.KeyConflict) as caught:
        till.reauthorize(hold.id, 5_000, "k")
    assert set(caught.value.errors) == {"operation"}
    assert state_of(hold.id) == ("live", 0)
