"""Races for one card: whatever arrives together, no more is paid than there is, and nobody waits for ever."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest

from giftwell.domain.cards.models import Card
from giftwell.domain.ledger.lock import lock
from giftwell.domain.ledger.models import Account, Hold, Posting
from giftwell.domain.redemption.models import Redemption
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from tests.database import OwnDatabase
from tests.factories.ledger import NOON, Ground, Plastic, make_ground, make_plastic
from tests.laws.books import breaches
from tests.laws.doors import Asked, Door, SetDoor, Told


def race(url: str, rows: list[list[Asked]]) -> list[list[Told]]:
    """Each list of rows on a connection of its own, all at one moment."""
    barrier = Barrier(len(rows))

    def run(mine: list[Asked]) -> list[Told]:
        with SetDoor(url) as door:
            door.connection.execute("select 1")
            barrier.wait(timeout=60)
            return [answer for row in mine for answer in door.ask([row], NOON)]

    with ThreadPoolExecutor(len(rows)) as pool:
        return list(pool.map(run, rows))


def outcomes(answers: list[list[Told]]) -> Counter[str]:
    """How often each outcome came."""
    return Counter(answer.outcome for mine in answers for answer in mine)


def account_of(card: Plastic) -> Account:
    """The card's account as it stands."""
    with scope.platform(), reading():
        return Account.objects.get(id=card.account)


@pytest.fixture
def ground(own_database: OwnDatabase) -> Ground:
    """A merchant in a database of this test's own."""
    return make_ground()


def test_64_connections_that_spend_one_card_take_exactly_what_it_has(
    own_database: OwnDatabase, ground: Ground
) -> None:
    card = make_plastic(ground, 10_000)
    rows = [
        [Asked("redeem", ground.merchant_id, uuid4().hex, card.code_hash, 300) for _ in range(2)]
        for _ in range(64)
    ]
    counted = outcomes(race(own_database.url, rows))
    assert counted == {"done": 33, "insufficient_funds": 95}
    assert account_of(card).balance_minor == 10_000 - 33 * 300
    assert breaches() == []


def test_where_one_fits_exactly_one_succeeds(own_database: OwnDatabase, ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    rows = [[Asked("redeem", ground.merchant_id, uuid4().hex, card.code_hash, 600)] for _ in range(16)]
    assert outcomes(race(own_database.url, rows)) == {"done": 1, "insufficient_funds": 15}


def test_one_key_from_many_connections_has_one_effect_and_one_answer(
    own_database: OwnDatabase, ground: Ground
) -> None:
    card = make_plastic(ground, 10_000)
    row = Asked("redeem", ground.merchant_id, "same", card.code_hash, 700)
    answers = race(own_database.url, [[row, row] for _ in range(24)])
    assert outcomes(answers) == {"done": 1, "replayed": 47}
    assert len({(one.id, one.balance_minor, one.amount_minor) for mine in answers for one in mine}) == 1
    assert account_of(card).balance_minor == 9_300
    assert breaches() == []


def test_one_key_for_two_cards_at_once_moves_one_of_them(own_database: OwnDatabase, ground: Ground) -> None:
    # Two cards have two locks: only the cause keeps these apart.
    cards = [make_plastic(ground, 5_000) for _ in range(12)]
    rows = [[Asked("redeem", ground.merchant_id, "same", card.code_hash, 500)] for card in cards]
    assert outcomes(race(own_database.url, rows)) == {"done": 1, "conflict": 11}
    assert sum(account_of(card).balance_minor or 0 for card in cards) == 12 * 5_000 - 500
    assert breaches() == []


def test_batches_that_share_cards_and_keys_in_opposite_orders_never_deadlock(
    own_database: OwnDatabase, ground: Ground
) -> None:
    cards = [make_plastic(ground, 100_000) for _ in range(20)]
    barrier = Barrier(8)

    def run(turn: int) -> Counter[str]:
        order = cards if turn % 2 else cards[::-1]
        counted: Counter[str] = Counter()
        with SetDoor(own_database.url) as door:
            barrier.wait(timeout=60)
            for lap in range(10):
                rows = [
                    Asked("redeem", ground.merchant_id, f"{lap}-{card.id}", card.code_hash, 10)
                    for card in order
                ]
                counted += Counter(one.outcome for one in door.ask(rows, NOON))
        return counted

    with ThreadPoolExecutor(8) as pool:
        total = sum(pool.map(run, range(8)), Counter())
    assert total == {"done": 200, "replayed": 1_400}
    assert {account_of(card).balance_minor for card in cards} == {100_000 - 100}


def test_two_merchants_may_use_one_key_and_one_code(own_database: OwnDatabase, ground: Ground) -> None:
    other = make_ground()
    mine, theirs = make_plastic(ground, 1_000, code="SAME"), make_plastic(other, 1_000, code="SAME")
    rows = [
        [Asked("redeem", one.merchant_id, "same", mine.code_hash, 400)]
        for one in (ground, other)
        for _ in range(6)
    ]
    answers = race(own_database.url, rows)
    assert outcomes(answers) == {"done": 2, "replayed": 10}
    assert {one.card_id for mine_ in answers[:6] for one in mine_} == {mine.id}
    assert {one.card_id for theirs_ in answers[6:] for one in theirs_} == {theirs.id}
    assert account_of(mine).balance_minor == account_of(theirs).balance_minor == 600


def test_refunds_that_race_give_back_what_was_taken_and_no_more(
    own_database: OwnDatabase, ground: Ground
) -> None:
    card = make_plastic(ground, 10_000)
    with SetDoor(own_database.url) as door:
        taken = door.one(Asked("redeem", ground.merchant_id, "spend", card.code_hash, 1_000), NOON)
    rows = [[Asked("refund", ground.merchant_id, uuid4().hex, taken.id, 300)] for _ in range(16)]
    assert outcomes(race(own_database.url, rows)) == {"done": 3, "refund_exceeds_capture": 13}
    with scope.platform(), reading():
        assert Redemption.objects.get(id=taken.id).refunded_minor == 900
    assert account_of(card).balance_minor == 10_000 - 100
    assert breaches() == []


def test_of_a_capture_and_a_void_one_happens(own_database: OwnDatabase, ground: Ground) -> None:
    card = make_plastic(ground, 10_000)
    with SetDoor(own_database.url) as door:
        for lap in range(6):
            hold = door.one(
                Asked("authorize", ground.merchant_id, f"hold {lap}", card.code_hash, 1_000), NOON
            )
            rows = [[Asked("capture", ground.merchant_id, uuid4().hex, hold.id)] for _ in range(4)]
            rows += [[Asked("void", ground.merchant_id, uuid4().hex, hold.id)] for _ in range(4)]
            assert outcomes(race(own_database.url, rows)) == {"done": 1, "authorization_not_live": 7}
    with scope.platform(), reading():
        captured = Hold.objects.filter(state="captured").count()
        assert Hold.objects.filter(state="live").count() == 0
    assert account_of(card).balance_minor == 10_000 - captured * 1_000
    assert account_of(card).held_minor == 0
    assert breaches() == []


def together(*calls: Callable[[], Any]) -> list[Any]:
    """All calls at one moment."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(call) for call in calls]]


def test_after_a_freeze_has_committed_nothing_is_spent(own_database: OwnDatabase, ground: Ground) -> None:
    from django.db import connection

    for _ in range(6):
        card = make_plastic(ground, 1_000_000)
        barrier = Barrier(9)

        def freeze(card: Plastic = card, barrier: Barrier = barrier) -> int:
            try:
                barrier.wait(timeout=60)
                with scope.merchant(ground.merchant_id), transaction():
                    lock([card.account], now=NOON)
                    Card.objects.filter(id=card.id).update(status="frozen")
                    # Under the lock: whatever is spent was spent before it.
                    return Redemption.objects.filter(card_id=card.id).count()
            finally:
                connection.close()

        def spend(card: Plastic = card, barrier: Barrier = barrier) -> list[str]:
            with SetDoor(own_database.url) as door:
                barrier.wait(timeout=60)
                rows = [
                    Asked("redeem", ground.merchant_id, uuid4().hex, card.code_hash, 1) for _ in range(30)
                ]
                return [door.one(row, NOON).outcome for row in rows]

        seen, *spent = together(freeze, *[spend] * 8)
        assert sum(mine.count("done") for mine in spent) == seen
        for mine in spent:
            # Once frozen, for ever: no success follows a refusal.
            assert mine == sorted(mine, key=["done", "card_is_frozen"].index)
        assert account_of(card).balance_minor == 1_000_000 - seen


def test_a_reversal_and_the_late_original_leave_one_effect_or_none(
    own_database: OwnDatabase, ground: Ground
) -> None:
    card = make_plastic(ground, 10_000)

    def reverse(key: str) -> str:
        with Door(own_database.url) as door:
            return door.connection.execute(
                "select outcome from ledger.reverse("
                "array[%s]::uuid[], array[%s], array['system:tests'], array[null], %s)",
                [ground.merchant_id, f"key:{key}", NOON],
            ).fetchone()[0]

    def spend(key: str) -> str:
        with SetDoor(own_database.url) as door:
            return door.one(Asked("redeem", ground.merchant_id, key, card.code_hash, 100), NOON).outcome

    for lap in range(8):
        undone, done = together(lambda lap=lap: reverse(f"{lap}"), lambda lap=lap: spend(f"{lap}"))
        assert undone == "done"
        assert done in {"done", "reversed"}
    assert account_of(card).balance_minor == 10_000
    with scope.platform(), reading():
        assert Posting.objects.filter(kind__in=("reversal", "tombstone")).count() == 8
