"""Many tills at once: a key has one effect, a card pays no more than it holds, and no one waits for ever."""

import asyncio
from collections import Counter
from typing import Any

import asyncpg
import httpx
import psycopg

from giftwell.domain.ledger.verify import verify
from giftwell.interfaces.pos.app import build
from tests.database import OwnDatabase
from tests.factories.cards import balance_minor, code_of, make_promo_card, make_sold_card
from tests.factories.catalog import make_shop
from tests.factories.identity import make_api_key
from tests.interfaces.pos.doors import refused
from tests.interfaces.pos.tills import Till, at_the_till, pos_settings


def spend(code: str, amount: int = 100) -> dict[str, Any]:
    """A redemption."""
    return {"code": code, "amount_minor": amount, "currency": "EUR"}


def test_one_key_sent_sixty_times_at_once_takes_effect_once(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    code = code_of(card)

    async def story(till: Till) -> None:
        answers = await asyncio.gather(*[till.post("redemptions", spend(code), key="k1") for _ in range(60)])
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.text for answer in answers}) == 1
        assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1

    at_the_till(own_database, merchant, story, lanes=3)
    assert balance_minor(card) == 4900


def test_one_card_at_sixty_tills_pays_exactly_what_it_holds(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    code = code_of(card)

    async def story(till: Till) -> None:
        answers = await asyncio.gather(*[till.post("redemptions", spend(code, 170)) for _ in range(60)])
        statuses = Counter(answer.status_code for answer in answers)
        assert statuses == {201: 29, 402: 31}
        left = sorted(answer.json()["balance_minor"] for answer in answers if answer.status_code == 201)
        assert left == sorted(5000 - 170 * number for number in range(1, 30))

    at_the_till(own_database, merchant, story, lanes=3)
    assert balance_minor(card) == 5000 - 29 * 170
    assert verify() == []


def test_a_full_queue_is_answered_at_once_and_named_a_time(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    code = code_of(card)

    async def story(till: Till) -> None:
        await till.post("redemptions", spend(code), key="first")
        # Somebody holds the card's account, so that no call comes back.
        with psycopg.connect(own_database.admin_url) as holder:
            holder.execute("select 1 from ledger_account where id = %s for update", [card.account_id])
            sent = [asyncio.create_task(till.post("redemptions", spend(code), key="k0"))]
            await asyncio.sleep(0.2)
            posts = [till.post("redemptions", spend(code), key=f"k{number}") for number in range(1, 10)]
            sent += [asyncio.create_task(post) for post in posts]
            await asyncio.sleep(0.3)
            done = [task.result() for task in sent if task.done()]
            assert len(done) == 10 - 1 - 4  # one at the database, four waiting
            for answer in done:
                refused(answer, 429, "too_many_requests")
                assert 1 <= int(answer.headers["retry-after"]) <= 60
            holder.rollback()
        answers = await asyncio.gather(*sent)
        assert Counter(answer.status_code for answer in answers) == {201: 5, 429: 5}

    at_the_till(own_database, merchant, story, lanes=1, rows_per_call=1, queue_limit=4)
    assert balance_minor(card) == 4400


def test_too_many_batches_at_once_are_refused_too(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    one = {"operations": [{"operation": "redeem", "idempotency_key": "k1", **spend(code_of(card))}]}

    async def story(till: Till) -> None:
        with psycopg.connect(own_database.admin_url) as holder:
            holder.execute("select 1 from ledger_account where id = %s for update", [card.account_id])
            sent = [asyncio.create_task(till.post("batch", one, key=None)) for _ in range(5)]
            await asyncio.sleep(0.3)
            holder.rollback()
        answers = await asyncio.gather(*sent)
        assert Counter(answer.status_code for answer in answers) == {200: 3, 429: 2}

    at_the_till(own_database, merchant, story, bulk_at_once=1, bulk_waiting=2)
    assert balance_minor(card) == 4900


def test_what_is_under_way_is_finished_at_the_end_and_what_is_new_refused(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    code = code_of(card)
    _, secret = make_api_key(merchant)

    async def story() -> None:
        application = build(pos_settings(own_database))
        transport = httpx.ASGITransport(app=application)
        life = application.running()
        await life.__aenter__()
        async with httpx.AsyncClient(transport=transport, base_url="http://till.test") as client:
            till = Till(application, client, secret)
            await till.post("balance", {"code": code})
            with psycopg.connect(own_database.admin_url) as holder:
                holder.execute("select 1 from ledger_account where id = %s for update", [card.account_id])
                taken = [asyncio.create_task(till.post("redemptions", spend(code))) for _ in range(5)]
                await asyncio.sleep(0.2)
                leaving = asyncio.create_task(life.__aexit__(None, None, None))
                await asyncio.sleep(0.05)
                late = await till.post("redemptions", spend(code))
                refused(late, 503, "unavailable")
                assert int(late.headers["retry-after"]) >= 1
                assert not leaving.done()
                holder.rollback()
            assert [answer.status_code for answer in await asyncio.gather(*taken)] == [201] * 5
            await leaving

    asyncio.run(story())
    assert balance_minor(card) == 4500


def test_cut_connections_lose_and_double_nothing(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    cards = [make_promo_card(merchant) for _ in range(4)]
    codes = [code_of(card) for card in cards]

    async def cut() -> None:
        for _ in range(6):
            await asyncio.sleep(0.08)
            with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
                admin.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name = 'giftwell-pos' and datname = current_database()"
                )

    async def story(till: Till) -> Counter[int]:
        async def one(number: int) -> int:
            for _ in range(20):
                answer = await till.post("redemptions", spend(codes[number % 4], 1), key=f"k{number}")
                if answer.status_code != 503:
                    return answer.status_code
                assert int(answer.headers["retry-after"]) >= 1
                await asyncio.sleep(0.05)
            raise AssertionError("never answered")

        cutting = asyncio.create_task(cut())
        found: Counter[int] = Counter()
        for wave in range(10):
            found.update(await asyncio.gather(*[one(wave * 40 + number) for number in range(40)]))
        await cutting
        return found

    assert at_the_till(own_database, merchant, story) == {201: 400}
    assert [balance_minor(card) for card in cards] == [4900] * 4
    assert verify() == []


def test_a_database_that_is_away_is_said_to_be_away(own_database: OwnDatabase, monkeypatch: Any) -> None:
    merchant = make_shop()
    code = code_of(make_sold_card(merchant))

    async def story(till: Till) -> None:
        assert (await till.post("balance", {"code": code})).status_code == 200

        async def nothing(*_: Any, **__: Any) -> Any:
            raise asyncpg.ConnectionDoesNotExistError("gone")

        monkeypatch.setattr(till.application._database, "_fetch", nothing)
        refused(await till.post("balance", {"code": code}), 503, "unavailable")
        refused(await till.post("redemptions", spend(code)), 503, "unavailable")
        refused(await till.of(till.secret[:-1] + "_").post("balance", {"code": code}), 503, "unavailable")

    at_the_till(own_database, merchant, story)


def test_our_own_mistake_says_nothing_of_the_inside(own_database: OwnDatabase, monkeypatch: Any) -> None:
    merchant = make_shop()

    async def story(till: Till) -> None:
        await till.post("balance", {"code": "A"})

        def broken(*_: Any) -> Any:
            raise RuntimeError("the secret of the inside")

        monkeypatch.setattr(till.application._lanes["balance"], "submit", broken)
        answer = await till.post("balance", {"code": "A"})
        refused(answer, 500, "internal_error")
        assert "secret" not in answer.text

    at_the_till(own_database, merchant, story)


def test_the_log_names_the_operation_and_no_secret(own_database: OwnDatabase, capfdbinary: Any) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    code = code_of(card)
    _, secret = make_api_key(merchant)

    async def story() -> None:
        from dataclasses import replace

        application = build(replace(pos_settings(own_database), log_requests=True))
        transport = httpx.ASGITransport(app=application)
        async with (
            application.running(),
            httpx.AsyncClient(transport=transport, base_url="http://x") as client,
        ):
            till = Till(application, client, secret)
            await till.post("redemptions", spend(code), key="a-very-private-key")
            await till.post(f"{code}", {})
            await asyncio.sleep(0.05)

    asyncio.run(story())
    log = capfdbinary.readouterr().err
    assert b'"operation":"redeem","status":201' in log
    assert b'"operation":"unknown","status":404,"code":"no_such_address"' in log
    for private in (code, secret, "a-very-private-key"):
        assert private.encode() not in log
