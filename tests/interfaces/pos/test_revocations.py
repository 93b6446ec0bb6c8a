"""A key is remembered only while a revocation would be heard of: it ends with the next request, whoever ends
it.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from giftwell.foundation.identity.reinstate_merchant import reinstate_merchant
from giftwell.foundation.identity.revoke_api_key import revoke_api_key
from giftwell.foundation.identity.suspend_merchant import suspend_merchant
from giftwell.interfaces.pos.keys import Keys
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.factories.cards import code_of, make_sold_card
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_api_key
from tests.interfaces.pos.doors import refused
from tests.interfaces.pos.tills import Till, at_the_till

# Short pulses, so that a test waits for one and not for half a second. What is trusted for long is not
# forgotten by itself: only what was heard ends it.
BRIEF: dict[str, Any] = {"pulse_seconds": 0.05, "key_cache_seconds": 600.0, "trust_seconds": 60.0}
_LISTENERS = (
    "from pg_stat_activity where application_name = 'giftwell-pos-keys' and datname = current_database()"
)


class Asked:
    """Counts how often the database is asked for a key."""

    def __init__(self, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        database = till.application._database
        ask = database.find_key

        async def find_key(secret_hash: bytes) -> Any:
            self.times += 1
            return await ask(secret_hash)

        monkeypatch.setattr(database, "find_key", find_key)


async def elsewhere(change: Callable[[], None]) -> None:
    """Make a change on another connection, as another process makes it."""

    def run() -> None:
        try:
            change()
        finally:
            connection.close()

    await asyncio.to_thread(run)


async def heard(till: Till, *, is_heard: bool = True) -> None:
    """Wait until the till hears of revocations, or until it knows that it does not."""
    async with asyncio.timeout(20):
        while till.application._revocations.is_heard is not is_heard:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)


async def balance(till: Till, secret: str) -> Any:
    """One request with this key."""
    return await till.of(secret).post("balance", {"code": "A"}, key=None)


async def until_answered(till: Till, secret: str, status: int) -> None:
    """Ask until this key is answered so."""
    async with asyncio.timeout(20):
        while (await balance(till, secret)).status_code != status:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.001)  # a request of this process alone never lets the listener listen


def test_a_key_is_remembered_and_ends_at_once_when_it_is_revoked(
    own_database: OwnDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    merchant = make_shop()
    key, secret = make_api_key(merchant)
    _, other = make_api_key(make_shop())

    async def story(till: Till) -> None:
        await heard(till)
        asked = Asked(till, monkeypatch)
        for _ in range(5):
            for one in (secret, other):
                refused(await balance(till, one), 404, "card_not_found")
        assert asked.times == 2
        await elsewhere(lambda: revoke_api_key(key=key, actor=TESTS, now=now()))
        await until_answered(till, secret, 401)
        # And for good; another merchant's key is still remembered.
        before = asked.times
        refused(await balance(till, secret), 401, "unauthenticated")
        refused(await balance(till, other), 404, "card_not_found")
        assert asked.times == before

    at_the_till(own_database, merchant, story, **BRIEF)


def test_a_suspended_merchant_is_refused_at_once_and_served_again_when_it_may(
    own_database: OwnDatabase,
) -> None:
    merchant = make_shop()
    _, secret = make_api_key(merchant)

    async def story(till: Till) -> None:
        await heard(till)
        refused(await balance(till, secret), 404, "card_not_found")
        await elsewhere(lambda: suspend_merchant(merchant=merchant, reason="fraud", actor=TESTS, now=now()))
        await until_answered(till, secret, 403)
        refused(await balance(till, secret), 403, "merchant_is_suspended")
        await elsewhere(lambda: reinstate_merchant(merchant=merchant, actor=TESTS, now=now()))
        await until_answered(till, secret, 404)

    at_the_till(own_database, merchant, story, **BRIEF)


@contextmanager
def stopped(database: OwnDatabase) -> Iterator[None]:
    """The listener's backend stands still: its connection is there, and says nothing."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        (pid,) = admin.execute(f"select pid {_LISTENERS}").fetchone() or (0,)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def cut(database: OwnDatabase) -> Iterator[None]:
    """The listener's connection is ended, and no new one is let in."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(f"alter database {database.name} connection limit 0")
        try:
            assert admin.execute(f"select pg_terminate_backend(pid) {_LISTENERS}").fetchall() == [(True,)]
            yield
        finally:
            admin.execute(f"alter database {database.name} connection limit -1")


@pytest.mark.parametrize("lost", [cut, stopped])
def test_while_nothing_is_heard_nothing_is_remembered(
    own_database: OwnDatabase, monkeypatch: pytest.MonkeyPatch, lost: Any
) -> None:
    merchant = make_shop()
    key, secret = make_api_key(merchant)
    revoke = "update identity_apikey set revoked_at = now() where id = %s"

    async def story(till: Till) -> None:
        await heard(till)
        refused(await balance(till, secret), 404, "card_not_found")
        asked = Asked(till, monkeypatch)
        refused(await balance(till, secret), 404, "card_not_found")
        assert asked.times == 0
        with lost(own_database):
            await heard(till, is_heard=False)
            for _ in range(3):
                refused(await balance(till, secret), 404, "card_not_found")
            assert asked.times == 3
            with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
                admin.execute(revoke, [key.id])
            refused(await balance(till, secret), 401, "unauthenticated")
        # It listens again, and remembers again.
        await heard(till)
        await balance(till, secret)
        before = asked.times
        refused(await balance(till, secret), 401, "unauthenticated")
        assert asked.times == before

    at_the_till(own_database, merchant, story, **{**BRIEF, "trust_seconds": 0.5})


def test_what_was_looked_up_before_a_revocation_is_not_remembered_after_it() -> None:
    class Slow:
        def __init__(self) -> None:
            self.answers: list[asyncio.Future[Any]] = []

        async def find_key(self, _: bytes) -> Any:
            future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            self.answers.append(future)
            return await future

    key_id, merchant_id, header = uuid4(), uuid4(), "Bearer gw_live_" + "x" * 32

    async def story() -> None:
        slow = Slow()
        keys = Keys(slow, b"k" * 32, cache_seconds=600, clock=now)  # type: ignore[arg-type]
        keys.remember_while(lambda: True)
        found = (key_id, merchant_id, ["pos"], None, False, [], None)
        first = asyncio.create_task(keys.caller(header, str))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        keys.forget(str(merchant_id))
        slow.answers[0].set_result(found)
        assert (await first).key_id == key_id
        second = asyncio.create_task(keys.caller(header, str))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(slow.answers) == 2
        slow.answers[1].set_result(found)
        await second
        # Nothing happened meanwhile: this one is remembered.
        await keys.caller(header, str)
        assert len(slow.answers) == 2

    asyncio.run(story())


def test_money_and_the_noting_of_uses_notify_nobody(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    code = code_of(make_sold_card(merchant))

    async def story(till: Till) -> None:
        body = {"code": code, "amount_minor": 100, "currency": "EUR"}
        for path in ("redemptions", "authorizations"):
            assert (await till.post(path, body)).status_code == 201
        await till.application._keys.note_uses_now()

    with psycopg.connect(own_database.admin_url, autocommit=True) as listener:
        channels = (
            "select distinct unnest(regexp_matches(prosrc, 'notify\\(\\s*''([^'']+)', 'g')) from pg_proc"
        )
        names = [name for (name,) in listener.execute(channels)]
        assert "giftwell_keys" in names
        for name in names:
            listener.execute(f'listen "{name}"')
        at_the_till(own_database, merchant, story)
        assert [one.channel for one in listener.notifies(timeout=0.2)] == []
        # It would have been heard.
        listener.execute("update tenancy_merchant set status = 'suspended' where id = %s", [merchant.id])
        assert [one.channel for one in listener.notifies(timeout=5, stop_after=1)] == ["giftwell_keys"]
