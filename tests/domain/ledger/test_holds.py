"""Holds at the ledger's own doors: placed, captured, voided, lapsed, and reversed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import Error, connection

from giftwell.domain.ledger.balance import balance, folded_balance
from giftwell.domain.ledger.chart import Leg
from giftwell.domain.ledger.events import HoldLapsed
from giftwell.domain.ledger.lapse_holds import lapse_holds
from giftwell.domain.ledger.lock import lock
from giftwell.domain.ledger.models import Account, Hold, Posting
from giftwell.domain.ledger.post import post_one
from giftwell.domain.ledger.refusals import AccountNotFound, HoldNotLive, InsufficientFunds, NotReversible
from giftwell.domain.ledger.reverse import reverse
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.ids import public_id
from tests.factories.ledger import NOON, Ground, Plastic, make_ground, make_plastic

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
_MOVE = """row(%s, '', 'EUR', %s, ''::bytea, 'system:tests', %s, null, %s, %s, %s,
  null, null, null, null, null, null, null, null, null, %s::uuid, %s, %s)::ledger.move"""
_TOLD = "select outcome, posting_id, amount_minor, available_minor from"


@pytest.fixture
def ground() -> Ground:
    return make_ground()


@pytest.fixture
def card(ground: Ground) -> Plastic:
    return make_plastic(ground, 1_000)


def knock(
    door: str, ground: Ground, cause: str, at: datetime = NOON, **more: Any
) -> tuple[str, UUID | None, Any, Any]:
    """One move at one of the ledger's doors: outcome, posting, amount, available."""
    leg = more.get("leg") or (None, None, None)
    values = [
        ground.merchant_id, cause, more.get("account"), *leg, more.get("of"), more.get("held"),
        more.get("until"), at,
    ]  # fmt: skip
    sql = {name: f"{_TOLD} ledger.{name}(array[{_MOVE}], %s)" for name in ("hold", "capture", "void")}[door]
    with scope.merchant(ground.merchant_id), transaction(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def place(
    ground: Ground, card: Plastic, amount: int, cause: str = "hold", until: datetime = NOON + HOUR
) -> UUID:
    """A hold of that much."""
    outcome, hold, *_ = knock("hold", ground, cause, account=card.account, held=amount, until=until)
    assert outcome == "done"
    assert hold
    return hold


def account_of(card: Plastic) -> tuple[int | None, int | None]:
    with scope.platform(), reading():
        account = Account.objects.get(id=card.account)
    return account.balance_minor, account.held_minor


def test_a_hold_sets_value_aside_and_moves_nothing(ground: Ground, card: Plastic) -> None:
    hold = place(ground, card, 600)
    assert account_of(card) == (1_000, 600)
    assert (
        knock("hold", ground, "too much", account=card.account, held=401, until=NOON + HOUR)[0]
        == "insufficient_funds"
    )
    with scope.platform(), reading():
        kept = Hold.objects.get(id=hold)
    assert kept.is_live(at=NOON)
    assert not kept.is_live(at=NOON + HOUR)
    assert str(kept) == "live hold of 600 EUR"


@pytest.mark.parametrize(
    ("held", "until", "why"),
    [(0, NOON + HOUR, "amount_invalid"), (-5, NOON + HOUR, "amount_invalid"), (5, NOON, "lifetime_invalid"),
     (5, None, "lifetime_invalid")],
)  # fmt: skip
def test_a_hold_is_of_something_and_ends_later(
    ground: Ground, card: Plastic, held: int, until: datetime | None, why: str
) -> None:
    assert knock("hold", ground, "a", account=card.account, held=held, until=until)[0] == why


def test_a_capture_takes_up_to_the_hold_and_releases_the_rest(ground: Ground, card: Plastic) -> None:
    hold = place(ground, card, 600)
    leg = (card.account, ground.pending, 601)
    assert knock("capture", ground, "c", of=hold, leg=leg)[0] == "capture_exceeds_hold"
    outcome, _, amount, available = knock(
        "capture", ground, "c", of=hold, leg=(card.account, ground.pending, 250)
    )
    assert (outcome, amount, available) == ("done", 250, 750)
    assert account_of(card) == (750, 0)
    assert (
        knock("capture", ground, "again", of=hold, leg=(card.account, ground.pending, 1))[0]
        == "hold_not_live"
    )


def test_a_capture_of_another_accounts_hold_is_refused(ground: Ground, card: Plastic) -> None:
    other = make_plastic(ground, 1_000)
    hold = place(ground, card, 600)
    moved = knock(
        "capture", ground, "c", of=hold, account=other.account, leg=(other.account, ground.pending, 5)
    )
    assert moved[0] == "hold_not_found"
    assert knock("void", make_ground(), "v", of=hold)[0] == "hold_not_found"


def test_a_void_releases_all(ground: Ground, card: Plastic) -> None:
    hold = place(ground, card, 600)
    assert knock("void", ground, "v", of=hold)[0] == "done"
    assert account_of(card) == (1_000, 0)
    assert knock("void", ground, "v", of=hold)[0] == "replayed"
    assert knock("void", ground, "w", of=hold)[0] == "hold_not_live"


def test_a_hold_that_is_over_is_not_captured_whether_or_not_a_job_came_by(
    ground: Ground, card: Plastic
) -> None:
    hold = place(ground, card, 600)
    leg = (card.account, ground.pending, 5)
    assert knock("capture", ground, "c", NOON + HOUR, of=hold, leg=leg)[0] == "hold_not_live"


def test_available_leaves_out_holds_that_are_over(ground: Ground, card: Plastic) -> None:
    place(ground, card, 600)
    with scope.merchant(ground.merchant_id), reading():
        before = balance(ground.merchant_id, card.account, now=NOON)
        after = balance(ground.merchant_id, card.account, now=NOON + HOUR)
    assert (before.available_minor, before.held_minor) == (400, 600)
    assert (after.available_minor, after.balance_minor) == (1_000, 1_000)


def test_locking_lets_overdue_holds_go_and_tells_of_it(ground: Ground, card: Plastic) -> None:
    hold = place(ground, card, 600)
    place(ground, card, 100, "longer", NOON + 2 * HOUR)
    with scope.merchant(ground.merchant_id), transaction():
        lock([card.account])
        assert account_of(card) == (1_000, 700)
        lock([card.account], now=NOON + HOUR)
    assert account_of(card) == (1_000, 100)
    event = HoldLapsed(
        merchant_id=ground.merchant_id, subject=public_id("auth", hold), amount_minor=600, currency="EUR"
    )
    with scope.platform(), reading():
        told = Event.objects.get(type=HoldLapsed.TYPE)
        written = AuditRow.objects.get(action=HoldLapsed.TYPE)
    assert (told.merchant_id, told.subject, told.data) == (event.merchant_id, event.subject, event.data())
    assert (written.outcome, written.subject, written.at) == ("done", event.subject, NOON + HOUR)


def test_the_sweep_lets_the_oldest_go_first_and_only_what_is_over(ground: Ground, card: Plastic) -> None:
    place(ground, card, 1, "a", NOON + HOUR)
    place(ground, card, 2, "b", NOON + 2 * HOUR)
    place(ground, make_plastic(ground, 50), 4, "c", NOON + 3 * HOUR)
    with scope.platform():
        assert lapse_holds(now=NOON) == 0
        assert lapse_holds(now=NOON + HOUR) == 1
        assert lapse_holds(now=NOON + 9 * HOUR, at_most=1) == 1
        assert lapse_holds(now=NOON + 9 * HOUR) == 1
    assert account_of(card) == (1_000, 0)


def test_a_hold_is_not_placed_by_a_plain_post(ground: Ground, card: Plastic) -> None:
    with (
        pytest.raises(Error, match="their own functions"),
        scope.platform(), transaction(), connection.cursor() as cursor,
    ):  # fmt: skip
        cursor.execute(
            f"select ledger.post(array[{_MOVE}], %s)",
            [ground.merchant_id, "a", card.account, None, None, None, None, 5, NOON + HOUR, NOON],
        )


def undo(ground: Ground, cause: str, **more: Any) -> Any:
    with scope.merchant(ground.merchant_id), transaction():
        return reverse(merchant_id=ground.merchant_id, cause=cause, actor="system:tests", now=NOON, **more)


def test_a_reversal_is_the_exact_mirror_and_happens_once(ground: Ground, card: Plastic) -> None:
    legs = (Leg(card.account, ground.pending, 290), Leg(card.account, ground.commission, 10))
    move = ground.move("spend", legs, kind="redeem", subject=card.account)
    with scope.platform(), transaction():
        post_one(move, now=NOON)
    first, again = undo(ground, "spend"), undo(ground, "spend")
    assert (first.outcome, first.amount_minor, first.balance_minor) == ("done", 300, 1_000)
    assert (again.outcome, again.posting_id) == ("replayed", first.posting_id)
    assert ground.folded(ground.pending) == 0
    with scope.platform(), transaction():
        assert post_one(move, now=NOON).outcome == "replayed"
    with pytest.raises(NotReversible):
        undo(ground, f"reverse:{_posting(ground, 'spend').id}")


def _posting(ground: Ground, cause: str) -> Posting:
    with scope.platform(), reading():
        return Posting.objects.get(merchant_id=ground.merchant_id, cause=cause)


def test_a_reversal_of_a_hold_voids_it(ground: Ground, card: Plastic) -> None:
    place(ground, card, 600)
    assert undo(ground, "hold").outcome == "done"
    assert account_of(card) == (1_000, 0)
    captured = place(ground, card, 600, "second")
    knock("capture", ground, "c", of=captured, leg=(card.account, ground.pending, 600))
    with pytest.raises(HoldNotLive):
        undo(ground, "second")


def test_a_cause_that_was_never_seen_is_made_impossible(ground: Ground, card: Plastic) -> None:
    assert undo(ground, "late").outcome == "done"
    assert undo(ground, "late").outcome == "replayed"
    assert knock("hold", ground, "late", account=card.account, held=5, until=NOON + HOUR)[0] == "reversed"


def test_what_was_spent_since_cannot_be_taken_back(ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    spent = ground.move("spend", (Leg(card.account, ground.pending, 1),), subject=card.account)
    with scope.platform(), transaction():
        post_one(spent, now=NOON)
    with pytest.raises(InsufficientFunds):
        undo(ground, f"load:{card.id}")
    # The merchant's part may be taken even where it has none: pending may go below zero.
    assert undo(ground, "spend").outcome == "done"
    assert undo(ground, f"load:{card.id}").balance_minor == 0


def test_what_the_floor_above_says_against_a_reversal_counts(ground: Ground, card: Plastic) -> None:
    from giftwell.domain.ledger.refusals import AlreadyRefunded

    with scope.platform(), transaction():
        post_one(
            ground.move("spend", (Leg(card.account, ground.pending, 9),), subject=card.account), now=NOON
        )
    for cause in ("spend", "never seen"):
        with pytest.raises(AlreadyRefunded):
            undo(ground, cause, refusal="already_refunded")


def test_another_merchants_balance_is_nobodys(ground: Ground, card: Plastic) -> None:
    stranger = make_ground()
    with scope.platform(), reading(), pytest.raises(AccountNotFound):
        balance(stranger.merchant_id, card.account, now=NOON)
    with scope.platform(), reading(), pytest.raises(AccountNotFound):
        folded_balance(stranger.merchant_id, ground.pending)
    with scope.merchant(stranger.merchant_id), reading(), pytest.raises(AccountNotFound):
        folded_balance(ground.merchant_id, ground.pending)
