"""Everybody at once, on connections of their own: no more is paid than there is, nothing is made or lost, and
nobody is shot for a deadlock. `make laws` sends 10,000 attempts at one card, the suite 2,000.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from giftwell.domain.cards.load_card import load_card
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.transfer_value import transfer_value
from giftwell.domain.ledger.lapse_holds import lapse_holds
from giftwell.domain.ledger.models import Account, Hold
from giftwell.domain.redemption.reverse import reverse
from giftwell.foundation.idempotency.refusals import KeyReversed
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.database import OwnDatabase
from tests.domain.racing import together
from tests.domain.redemption.tills import CASHIER, Till
from tests.factories.cards import balance_minor, make_promo_card
from tests.factories.catalog import make_shop
from tests.factories.ledger import NOON, make_ground, make_plastic
from tests.laws.books import breaches
from tests.laws.doors import Asked, SetDoor

ATTEMPTS = int(os.environ.get("ATTEMPTS") or 2_000)
CONNECTIONS = 200
WAIT = 300


@pytest.fixture
def crowd(own_database: OwnDatabase) -> Iterator[OwnDatabase]:
    """A database in which, when the test is over, nobody has met a deadlock and every law holds."""
    yield own_database
    assert breaches() == []
    connection.close()
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        row = admin.execute(
            "select deadlocks from pg_stat_database where datname = %s", [own_database.name]
        ).fetchone()
    assert row == (0,)


def figures(account: int) -> tuple[int | None, int | None]:
    """What is on an account, and what of it is held."""
    with scope.platform(), reading():
        found = Account.objects.get(id=account)
    return found.balance_minor, found.held_minor


def succeeded(answer: Any) -> bool:
    """Whether a call of `together` took effect."""
    return not isinstance(answer, Exception)


def test_200_connections_that_want_more_than_there_is_spend_a_card_exactly(crowd: OwnDatabase) -> None:
    ground = make_ground()
    # Two attempts in three fit, and a rest stays that no third can take.
    fits = ATTEMPTS * 2 // 3
    card = make_plastic(ground, fits * 7 + 3)
    barrier = Barrier(CONNECTIONS)

    def spend(number: int) -> list[tuple[str, int | None]]:
        with SetDoor(crowd.url) as door:
            door.connection.execute("set lock_timeout = 0")
            barrier.wait(timeout=WAIT)
            rows = (
                Asked("redeem", ground.merchant_id, f"attempt {turn}", card.code_hash, 7)
                for turn in range(number, ATTEMPTS, CONNECTIONS)
            )
            return [(told.outcome, told.balance_minor) for told in (door.one(row, NOON) for row in rows)]

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        answers = [answer for mine in pool.map(spend, range(CONNECTIONS)) for answer in mine]
    assert Counter(outcome for outcome, _ in answers) == {"done": fits, "insufficient_funds": ATTEMPTS - fits}
    # Each success saw a balance of its own, down to the rest and never below.
    left = sorted(balance for outcome, balance in answers if outcome == "done" and balance is not None)
    assert left == [3 + 7 * number for number in range(fits)]
    assert figures(card.account) == (3, 0)


def test_of_a_capture_a_void_and_the_end_of_a_hold_one_happens(crowd: OwnDatabase) -> None:
    till = Till()
    fates: Counter[str] = Counter()
    late = NOON + timedelta(hours=1)

    def lapse() -> int:
        with scope.platform():
            return lapse_holds(now=late, at_most=100)

    for turn in range(16):
        hold = till.authorize(100, f"hold {turn}", expires_in_seconds=3600)
        # For the job and the third till the hour is over; two tills' clocks are behind.
        calls: list[Callable[[], Any]] = [
            lambda hold=hold: till.capture(hold.id),
            lambda hold=hold: till.void(hold.id),
            lambda hold=hold: till.capture(hold.id, now=late),
            lapse,
        ]
        first = turn % 4
        told = together(*calls[first:], *calls[:first])
        captured, voided, too_late, _ = told[4 - first :] + told[: 4 - first]
        with scope.platform(), reading():
            state = Hold.objects.get(id=hold.id).state
        assert not succeeded(too_late)
        assert (succeeded(captured), succeeded(voided)) == (state == "captured", state == "voided")
        fates[state] += 1
    assert set(fates) <= {"captured", "voided", "lapsed"}
    assert figures(till.card.account) == (10_000 - 100 * fates["captured"], 0)


def test_value_that_goes_round_both_ways_at_once_stays_what_it_is(crowd: OwnDatabase) -> None:
    merchant = make_shop()
    cards = [make_promo_card(merchant) for _ in range(4)]

    def round_trip(step: int) -> int:
        done = 0
        for place in range(12):
            source, target = cards[place * step % 4], cards[(place + 1) * step % 4]
            transfer_value(
                merchant_id=merchant.id, source_id=source.id, target_id=target.id,
                amount=Money(10, "EUR"), key=uuid4().hex, actor=CASHIER, now=now(),
            )  # fmt: skip
            done += 1
        return done

    told = together(*[lambda step=step: round_trip(step) for step in (1, -1, 1, -1, 1, -1)])
    assert told == [12] * 6
    assert [balance_minor(card) for card in cards] == [5_000] * 4


def test_batches_in_opposite_order_meet_holds_refunds_and_spends_without_a_deadlock(
    crowd: OwnDatabase,
) -> None:
    ground = make_ground()
    cards = [make_plastic(ground, 100_000) for _ in range(15)]
    barrier = Barrier(6)

    def run(number: int) -> Counter[str]:
        counted: Counter[str] = Counter()
        order = cards if number % 2 else cards[::-1]
        with SetDoor(crowd.url) as door:
            barrier.wait(timeout=WAIT)
            for lap in range(6):
                spends = [
                    Asked(
                        "redeem" if lap % 2 else "authorize", ground.merchant_id, f"{number} {lap} {card.id}",
                        card.code_hash, 10,
                    )
                    for card in order
                ]  # fmt: skip
                told = door.ask(spends, NOON)
                back = "refund" if lap % 2 else "capture"
                rows = [
                    Asked(back, ground.merchant_id, f"{number} {lap} back {one.id}", one.id)
                    for one in told[::-1]
                ]
                counted += Counter(one.outcome for one in [*told, *door.ask(rows, NOON)])
        return counted

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(run, range(6)), Counter()) == {"done": 6 * 6 * 15 * 2}
    # Half of the laps took ten for good, the others gave it back.
    assert {figures(card.account) for card in cards} == {(100_000 - 6 * 3 * 10, 0)}


def test_refunds_to_a_closed_card_that_race_open_one_card_and_give_back_what_was_taken(
    crowd: OwnDatabase,
) -> None:
    till = Till(value_minor=1_000)
    taken = [till.redeem(500), till.redeem(500)]
    till.change(status="closed", closed_at=NOON, close_reason="cancelled")
    told = together(*[lambda one=one: till.refund(one.id, 200) for one in taken * 4])
    given = [answer for answer in told if succeeded(answer)]
    assert len(given) == 4
    assert len({answer.card_id for answer in given}) == 1
    with scope.platform(), reading():
        (carrier,) = Card.objects.filter(replaces_id=till.card.id)
    assert given[0].card_id == carrier.id
    assert balance_minor(carrier) == 800


def test_a_reversal_and_a_late_load_at_once_leave_one_of_two_worlds(crowd: OwnDatabase) -> None:
    card = make_promo_card(make_shop())
    worlds = set()
    for turn in range(10):
        common: dict[str, Any] = {
            "merchant_id": card.merchant_id, "key": f"k{turn}", "actor": CASHIER, "now": now(),
        }  # fmt: skip
        calls: list[Callable[[], Any]] = [
            lambda common=common: load_card(card_id=card.id, amount=Money(100, "EUR"), **common),
            lambda common=common: reverse(**common),
        ]
        loaded, undone = together(*calls) if turn % 2 else together(*calls[::-1])[::-1]
        if isinstance(loaded, KeyReversed):
            assert undone.operation is None
        else:
            assert (loaded.amount, undone.operation) == (Money(100, "EUR"), "load")
        worlds.add(undone.operation)
    assert worlds <= {None, "load"}
    assert balance_minor(card) == 5_000
