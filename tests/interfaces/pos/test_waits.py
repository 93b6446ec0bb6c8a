"""A card that somebody holds: its tills wait and are told so, nobody else waits, and nothing is booked."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg

from giftwell.domain.ledger.verify import verify
from giftwell.kit.errors import Unavailable
from tests.database import OwnDatabase
from tests.factories.cards import balance_minor, code_of, make_sold_card
from tests.factories.catalog import make_shop
from tests.interfaces.pos.doors import refused
from tests.interfaces.pos.tills import Till, at_the_till

BRIEF: dict[str, Any] = {"lock_seconds": 0.1, "patience_seconds": 0.6, "lanes": 1}


def spend(code: str, amount: int = 100) -> dict[str, Any]:
    """A redemption."""
    return {"code": code, "amount_minor": amount, "currency": "EUR"}


@contextmanager
def held(database: OwnDatabase, card: Any) -> Iterator[psycopg.Connection[Any]]:
    """Hold the card's account as a long transaction would."""
    with psycopg.connect(database.admin_url) as holder:
        holder.execute("select 1 from ledger_account where id = %s for update", [card.account_id])
        yield holder
        holder.rollback()


def redemptions(connection: psycopg.Connection[Any]) -> int:
    """How many redemptions are in the books."""
    (count,) = connection.execute("select count(*) from ledger_posting where kind = 'redeem'").fetchone() or (
        0,
    )
    return int(count)


def test_who_waits_too_long_for_a_card_is_told_it_is_in_progress_and_nothing_is_booked(
    own_database: OwnDatabase,
) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)

    async def story(till: Till) -> None:
        await till.post("balance", {"code": code_of_card})
        with held(own_database, card) as holder:
            began = perf_counter()
            sent = [till.post("redemptions", spend(code_of_card), key=f"k{n}") for n in range(3)]
            for answer in await asyncio.gather(*sent):
                body = refused(answer, 409, "in_progress")
                assert "nothing was done" in body["detail"]
            # All of them waited side by side, none behind the other's whole wait.
            assert 0.5 < perf_counter() - began < 3
            # A look at it takes no lock.
            assert (await till.post("balance", {"code": code_of_card})).json()["balance_minor"] == 5000
            assert redemptions(holder) == 0
        again = await till.post("redemptions", spend(code_of_card), key="k0")
        assert (again.status_code, "idempotent-replayed" in again.headers) == (201, False)

    code_of_card = code_of(card)
    at_the_till(own_database, merchant, story, **BRIEF)
    assert balance_minor(card) == 4900
    assert verify() == []


def test_while_one_card_is_held_every_other_is_served(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    stuck, free = make_sold_card(merchant), make_sold_card(merchant)
    stuck_code, free_code = code_of(stuck), code_of(free)

    async def story(till: Till) -> None:
        await till.post("redemptions", spend(free_code))
        with held(own_database, stuck) as holder:
            waiting = [asyncio.create_task(till.post("redemptions", spend(stuck_code))) for _ in range(4)]
            await asyncio.sleep(0.3)  # the lane has tried once, and set them aside
            began = perf_counter()
            for _ in range(10):
                assert (await till.post("redemptions", spend(free_code))).status_code == 201
            assert perf_counter() - began < 5
            # Who comes later for the held card stands behind those who wait, and takes no lane either.
            waiting.append(asyncio.create_task(till.post("redemptions", spend(stuck_code, 4700))))
            assert (await till.post("redemptions", spend(free_code))).status_code == 201
            assert not any(task.done() for task in waiting)
            holder.rollback()
            answers = await asyncio.gather(*waiting)
        # In the order they came: four times 100, and then there are not 4700 left.
        assert [answer.status_code for answer in answers] == [201] * 4 + [402]

    bounds = {**BRIEF, "patience_seconds": 20.0}
    at_the_till(own_database, merchant, story, **bounds)
    assert (balance_minor(stuck), balance_minor(free)) == (4600, 5000 - 12 * 100)


def test_a_batch_waits_for_its_cards_and_answers_each_row(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    stuck, free = make_sold_card(merchant), make_sold_card(merchant)
    codes = [code_of(stuck), code_of(free), code_of(stuck)]
    rows = [
        {"operation": "redeem", "idempotency_key": f"k{n}", **spend(code)} for n, code in enumerate(codes)
    ]

    async def story(till: Till) -> None:
        with held(own_database, stuck):
            answer = await till.post("batch", {"operations": rows}, key=None)
            results = answer.json()["results"]
            assert [one["status"] for one in results] == [409, 201, 409]
            assert results[0]["problem"]["code"] == "in_progress"
        again = (await till.post("batch", {"operations": rows}, key=None)).json()["results"]
        assert [(one["status"], one.get("replayed", False)) for one in again] == [
            (201, False), (201, True), (201, False),
        ]  # fmt: skip

    at_the_till(own_database, merchant, story, **BRIEF)
    assert (balance_minor(stuck), balance_minor(free)) == (4800, 4900)
    assert verify() == []


def test_no_more_wait_than_may(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    code = code_of(card)

    async def story(till: Till) -> None:
        await till.post("balance", {"code": code})
        with held(own_database, card) as holder:
            first = [asyncio.create_task(till.post("redemptions", spend(code))) for _ in range(2)]
            await asyncio.sleep(0.3)
            began = perf_counter()
            refused(await till.post("redemptions", spend(code)), 409, "in_progress")
            assert perf_counter() - began < 5  # at once, and not after the twenty seconds
            holder.rollback()
            assert [answer.status_code for answer in await asyncio.gather(*first)] == [201, 201]

    at_the_till(own_database, merchant, story, **{**BRIEF, "patience_seconds": 20.0, "patient": 2})


def test_a_call_that_takes_too_long_is_ended_at_the_database_too(own_database: OwnDatabase) -> None:
    asleep = "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(60)%'"
    limits = "select current_setting('statement_timeout'), current_setting('lock_timeout')"

    async def story(till: Till) -> None:
        database = till.application._database
        slow = "select 1, pg_sleep(60), $1::uuid[], $2::text[], $3::timestamptz"
        (answer,) = await database.carry(slow, [(UUID(int=1), "code")])
        assert isinstance(answer, Unavailable)
        with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
            (count,) = admin.execute(f"{asleep} and pid <> pg_backend_pid()").fetchone() or (1,)
            assert count == 0
        # And where the wish to cancel is lost, the database ends it by itself.
        assert [tuple(row) for row in await database._fetch(limits)] == [("1500ms", "500ms")]

    at_the_till(own_database, make_shop(), story, call_seconds=0.5)
