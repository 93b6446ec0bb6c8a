"""Reversal by key: what a key did is undone once, and what it did not do it never will."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from giftwell.domain.cards.adjust_card import adjust_card
from giftwell.domain.cards.issue_cards import issue_cards
from giftwell.domain.cards.load_card import load_card
from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.transfer_value import transfer_value
from giftwell.domain.ledger.refusals import (
    AlreadyRefunded,
    CauseConflict,
    InsufficientFunds,
    NotReversible,
    Reversed,
)
from giftwell.domain.redemption import refusals
from giftwell.domain.redemption.models import Redemption, Refund
from giftwell.domain.redemption.outcome_of_key import outcome_of_key
from giftwell.domain.redemption.reverse import reverse
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.idempotency.refusals import KeyReversed
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.database import OwnDatabase
from tests.domain.racing import together
from tests.domain.redemption.tills import CASHIER, Till
from tests.factories.cards import balance_minor, make_promo_card
from tests.factories.catalog import make_shop
from tests.factories.ledger import NOON
from tests.laws.books import breaches

DAY = timedelta(hours=24)


@pytest.fixture
def till(db: None) -> Till:
    return Till()


def figures(answer: Any) -> tuple[int, int, int]:
    """Amount, balance and available, in minor units."""
    return answer.amount.amount_minor, answer.balance.amount_minor, answer.available.amount_minor


def refused(till: Till) -> list[tuple[str, str]]:
    """What was refused, with its reason."""
    with scope.merchant(till.merchant_id), reading():
        return list(AuditRow.objects.filter(outcome="refused").order_by("id").values_list("action", "reason"))


def test_a_redemption_is_undone_as_if_it_had_not_been(till: Till) -> None:
    spent = till.redeem(1_000, "k")
    undone = till.reverse("k")
    assert (undone.operation, undone.id, figures(undone), undone.replayed) == (
        "redeem", spent.id, (1_000, 10_000, 10_000), False,
    )  # fmt: skip
    assert (undone.card_id, undone.last4, undone.at) == (till.card.id, "TEST", NOON)
    assert till.ground.folded(till.ground.pending) == 0
    with scope.merchant(till.merchant_id), reading():
        kept = Redemption.objects.get(id=spent.id)
        told = Event.objects.order_by("id").last()
    assert (kept.reversed_at, kept.refundable_minor) == (NOON, 0)
    assert told
    assert (told.type, told.data["amount_minor"], told.data["commission_minor"]) == (
        "redemption.reversed", 1_000, 25,
    )  # fmt: skip
    assert breaches() == []


def test_asking_again_gives_the_first_answer(till: Till) -> None:
    till.redeem(1_000, "k")
    first = till.reverse("k")
    till.redeem(3_000)
    again = till.reverse("k", now=NOON + 3 * DAY)
    assert again.replayed
    assert (again.id, figures(again), again.at) == (first.id, figures(first), first.at)


def test_the_late_original_is_still_known_and_not_carried_out_again(till: Till) -> None:
    till.redeem(1_000, "k")
    till.reverse("k")
    assert till.redeem(1_000, "k").replayed
    found = outcome_of_key(merchant_id=till.merchant_id, key="k")
    assert found
    assert (found.operation, found.reversed_at) == ("redeem", NOON)
    with pytest.raises(refusals.RedemptionIsReversed):
        till.refund(found.id)  # type: ignore[arg-type]
    assert breaches() == []


VERBS: list[Callable[[Till, str], Any]] = [
    lambda till, key: till.redeem(key=key),
    lambda till, key: till.authorize(key=key),
    lambda till, key: till.unlinked(key=key),
    lambda till, key: till.refund(till.redeem().id, key=key),
    lambda till, key: till.capture(till.authorize().id, key=key),
    lambda till, key: till.void(till.authorize().id, key=key),
    lambda till, key: till.reauthorize(till.authorize().id, key=key),
]


@pytest.mark.parametrize(
    "verb", VERBS, ids=["redeem", "authorize", "unlinked", "refund", "capture", "void", "reauthorize"]
)
def test_a_request_that_was_reversed_before_it_came_takes_no_effect(
    till: Till, verb: Callable[[Till, str], Any]
) -> None:
    undone, again = till.reverse("late"), till.reverse("late")
    assert (undone.operation, undone.id, undone.amount, undone.replayed) == (None, None, None, False)
    assert (again.replayed, again.at) == (True, undone.at)
    with pytest.raises(Reversed):
        verb(till, "late")
    found = outcome_of_key(merchant_id=till.merchant_id, key="late")
    assert found
    assert (found.operation, found.id, found.amount, found.reversed_at) == ("prevented", None, None, NOON)
    with scope.merchant(till.merchant_id), reading():
        assert Event.objects.get(type="request.prevented").data == {"key": "late"}
    assert refused(till)[-1][1] == "reversed"
    assert breaches() == []


def test_after_a_day_it_is_too_late(till: Till) -> None:
    till.redeem(1_000, "k")
    till.redeem(1_000, "j")
    assert till.reverse("k", now=NOON + DAY).operation == "redeem"
    with pytest.raises(refusals.TooLateToReverse):
        till.reverse("j", now=NOON + DAY + timedelta(microseconds=1))
    assert refused(till) == [("redemption.reversed", "too_late_to_reverse")]


def test_what_was_refunded_is_not_reversed_until_the_refund_is(till: Till) -> None:
    spent = till.redeem(1_000, "k")
    back = till.refund(spent.id, 400, "f")
    with pytest.raises(AlreadyRefunded):
        till.reverse("k")
    undone = till.reverse("f")
    assert (undone.operation, undone.id, figures(undone)) == ("refund", back.id, (400, 9_000, 9_000))
    with scope.merchant(till.merchant_id), reading():
        assert Redemption.objects.get(id=spent.id).refunded_minor == 0
        assert Refund.objects.get(id=back.id).reversed_at == NOON
    assert figures(till.reverse("k")) == (1_000, 10_000, 10_000)
    assert breaches() == []


def test_commission_is_returned_exactly_however_refunds_are_undone_between(till: Till) -> None:
    spent = till.redeem(999)
    for turn in range(6):
        till.refund(spent.id, 100, f"f{turn}")
        if turn % 2 == 0:
            till.reverse(f"f{turn}")
        assert breaches() == []
    till.refund(spent.id)
    assert till.ground.folded(till.ground.pending) == 0
    assert breaches() == []


def test_a_refund_that_was_spent_since_cannot_be_taken_back(db: None) -> None:
    till = Till(1_000)
    till.refund(till.redeem(1_000).id, 600, "f")
    till.redeem(500)
    with pytest.raises(InsufficientFunds):
        till.reverse("f")
    assert refused(till) == [("refund.reversed", "insufficient_funds")]


def test_an_authorization_is_voided_and_a_void_is_not_reversed(till: Till) -> None:
    hold = till.authorize(4_000, "a")
    till.capture(hold.id, 1_000, final=False)
    undone = till.reverse("a")
    assert (undone.operation, undone.id, figures(undone)) == ("authorize", hold.id, (3_000, 9_000, 9_000))
    assert till.reverse("a").replayed
    till.void(till.authorize().id, "v")
    with pytest.raises(NotReversible):
        till.reverse("v")
    captured = till.authorize(500, "b")
    till.capture(captured.id)
    with pytest.raises(refusals.AuthorizationNotLive):
        till.reverse("b")
    assert breaches() == []


def test_a_capture_is_undone_and_its_hold_stays_as_it_is(till: Till) -> None:
    hold = till.authorize(4_000)
    taken = till.capture(hold.id, 1_000, "c", tip_minor=100, final=False)
    undone = till.reverse("c")
    assert (undone.operation, undone.id, figures(undone)) == ("capture", taken.id, (1_100, 10_000, 7_100))
    # The tip that was undone counts no longer.
    till.capture(hold.id, 1_000, tip_minor=1_200)
    assert breaches() == []


def test_a_replaced_authorization_is_undone_by_its_own_key(till: Till) -> None:
    hold = till.authorize(4_000, "a")
    more = till.reauthorize(hold.id, 5_000, "r")
    with pytest.raises(refusals.AuthorizationNotLive):
        till.reverse("a")
    undone = till.reverse("r")
    assert (undone.operation, undone.id, undone.available and undone.available.amount_minor) == (
        "reauthorize", more.id, 10_000,
    )  # fmt: skip
    assert breaches() == []


@pytest.mark.parametrize("funding", ["escrow", "promo"])
def test_an_unlinked_refund_is_undone(db: None, funding: str) -> None:
    till = Till(funding=funding)
    till.unlinked(700, "u")
    assert figures(till.reverse("u")) == (700, 10_000, 10_000)
    assert breaches() == []


@pytest.mark.django_db
def test_a_load_is_undone_by_its_key() -> None:
    card = make_promo_card(make_shop())
    common: dict[str, Any] = {
        "merchant_id": card.merchant_id,
        "key": "load-1",
        "actor": CASHIER,
        "now": now(),
    }
    loaded = load_card(card_id=card.id, amount=Money(2_000, "EUR"), **common)
    undone, again = reverse(**common), reverse(**common)
    assert (undone.operation, undone.id, undone.card_id) == ("load", loaded.posting_id, card.id)
    assert undone.amount == Money(2_000, "EUR")
    assert (again.replayed, again.id) == (True, undone.id)
    assert balance_minor(card) == 5_000
    with scope.merchant(card.merchant_id), reading():
        assert Event.objects.get(type="load.reversed").data["amount_minor"] == 2_000
    assert breaches() == []


@pytest.mark.django_db
def test_a_load_that_was_reversed_before_it_came_is_refused() -> None:
    card = make_promo_card(make_shop())
    common: dict[str, Any] = {
        "merchant_id": card.merchant_id,
        "key": "load-1",
        "actor": CASHIER,
        "now": now(),
    }
    assert reverse(**common).operation is None
    with pytest.raises(KeyReversed):
        load_card(card_id=card.id, amount=Money(2_000, "EUR"), **common)
    assert balance_minor(card) == 5_000


@pytest.mark.django_db
def test_what_a_key_did_elsewhere_is_neither_undone_nor_denied() -> None:
    merchant = make_shop()
    one, other = make_promo_card(merchant), make_promo_card(merchant)
    common: dict[str, Any] = {"merchant_id": merchant.id, "key": "k", "actor": CASHIER, "now": now()}
    moved = transfer_value(source_id=one.id, target_id=other.id, amount=Money(100, "EUR"), **common)
    with pytest.raises(NotReversible):
        reverse(**common)
    outcome = outcome_of_key(merchant_id=merchant.id, key="k")
    assert outcome
    assert (outcome.operation, outcome.id, outcome.reversed_at) == ("transfer", moved.posting_id, None)


@pytest.mark.django_db
def test_a_key_that_moved_value_moves_nothing_by_another_verb() -> None:
    merchant = make_shop()
    one, other = make_promo_card(merchant), make_promo_card(merchant)
    common: dict[str, Any] = {"merchant_id": merchant.id, "key": "k", "actor": CASHIER, "now": now()}
    transfer_value(source_id=one.id, target_id=other.id, amount=Money(2_500, "EUR"), **common)
    # To the ledger the same movement: the rest of the one goes onto the other.
    with pytest.raises(CauseConflict):
        merge_cards(source_id=one.id, target_id=other.id, **common)
    assert (balance_minor(one), balance_minor(other)) == (2_500, 7_500)


@pytest.mark.django_db
def test_what_a_key_asked_for_without_moving_value_is_not_undone() -> None:
    card = make_promo_card(make_shop())
    common: dict[str, Any] = {"merchant_id": card.merchant_id, "key": "k", "actor": CASHIER, "now": now()}
    adjust_card(card_id=card.id, change=Money(100, "EUR"), reason="goodwill", **common)
    with pytest.raises(NotReversible):
        reverse(**common)
    assert adjust_card(card_id=card.id, change=Money(100, "EUR"), reason="goodwill", **common).is_replay


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["adjust", "issue", "transfer"])
def test_whatever_comes_late_with_a_reversed_key_is_refused(verb: str) -> None:
    merchant = make_shop()
    one, other = make_promo_card(merchant), make_promo_card(merchant)
    common: dict[str, Any] = {"merchant_id": merchant.id, "key": "k", "actor": CASHIER, "now": now()}
    assert reverse(**common).operation is None
    late: dict[str, Callable[[], object]] = {
        "adjust": lambda: adjust_card(
            card_id=one.id, change=Money(100, "EUR"), reason="goodwill", **common
        ),
        "issue": lambda: issue_cards(
            program=one.program, value_minor=500, count=1,
            **{name: given for name, given in common.items() if name != "merchant_id"},
        ),
        "transfer": lambda: transfer_value(
            source_id=one.id, target_id=other.id, amount=Money(100, "EUR"), **common
        ),
    }  # fmt: skip
    with pytest.raises(KeyReversed):
        late[verb]()
    assert (balance_minor(one), balance_minor(other)) == (5_000, 5_000)
    assert reverse(**common).replayed


def test_nothing_comes_back_to_a_card_that_is_closed(till: Till) -> None:
    till.redeem(10_000, "k")
    till.change(status="closed", closed_at=NOON, close_reason="replaced")
    with pytest.raises(refusals.CardIsClosed):
        till.reverse("k")


def test_a_reversal_frees_no_frozen_card_and_needs_no_open_one(till: Till) -> None:
    till.redeem(1_000, "k")
    till.change(status="frozen")
    assert figures(till.reverse("k"))[1] == 10_000


def test_a_key_is_undone_only_where_it_was_used(till: Till) -> None:
    till.redeem(1_000, "k")
    other = Till()
    assert reverse(merchant_id=other.merchant_id, key="k", actor=CASHIER, now=NOON).operation is None
    assert till.redeem(1).balance.amount_minor == 8_999


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_cannot_be_one_is_refused(till: Till, key: str) -> None:
    with pytest.raises(refusals.KeyInvalid):
        till.reverse(key)
    assert refused(till) == [("request.prevented", "key_invalid")]


def test_a_reversal_and_its_late_original_at_once_leave_one_of_two_worlds(own_database: OwnDatabase) -> None:
    till = Till()
    worlds = set()
    for turn in range(12):
        key = f"k{turn}"
        calls = [lambda key=key: till.redeem(100, key), lambda key=key: till.reverse(key)]
        late, undone = together(*(calls if turn % 2 else calls[::-1]))[:: 1 if turn % 2 else -1]
        if isinstance(late, Reversed):
            assert undone.operation is None
        else:
            assert (late.amount.amount_minor, undone.operation, undone.id) == (100, "redeem", late.id)
        worlds.add(undone.operation)
    assert till.redeem(1).balance.amount_minor == 9_999
    assert breaches() == []


def test_the_original_commits_while_the_reversal_waits_and_is_then_undone(own_database: OwnDatabase) -> None:
    """Both orders, made certain: whoever comes second waits at the key, and finds the first."""
    till = Till()
    with scope.merchant(till.merchant_id), transaction():
        till.redeem(100, "first")
        # On another connection, while this transaction is open.
        (refusal,) = together(lambda: _within(till, "first"))
        assert refusal is True
    assert till.reverse("first").operation == "redeem"
    with scope.merchant(till.merchant_id), transaction():
        till.reverse("second")
        (waited,) = together(lambda: _within(till, "second"))
        assert waited is True
    with pytest.raises(Reversed):
        till.redeem(100, "second")
    assert breaches() == []


def _within(till: Till, key: str) -> bool:
    """Whether reversing this key has to wait for somebody."""
    from django.db import OperationalError, connection

    try:
        with scope.merchant(till.merchant_id), transaction():
            with connection.cursor() as cursor:
                cursor.execute("set local lock_timeout = '200ms'")
            till.reverse(key)
    except OperationalError:
        return True
    return False


def test_a_reversal_and_a_refund_at_once_never_both_give_back(own_database: OwnDatabase) -> None:
    till = Till()
    for turn in range(12):
        key = f"k{turn}"
        spent = till.redeem(100, key)
        calls = [lambda spent=spent: till.refund(spent.id), lambda key=key: till.reverse(key)]
        given, undone = together(*(calls if turn % 2 else calls[::-1]))[:: 1 if turn % 2 else -1]
        lost = [one for one in (given, undone) if isinstance(one, Exception)]
        assert [type(one) for one in lost] in ([AlreadyRefunded], [refusals.RedemptionIsReversed])
    assert till.redeem(1).balance.amount_minor == 9_999
    assert breaches() == []
