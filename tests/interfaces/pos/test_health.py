"""Whether the till's process lives and can work, as whoever runs it asks."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from giftwell.interfaces.pos.app import build
from tests.database import OwnDatabase
from tests.factories.catalog import make_shop
from tests.interfaces.pos.doors import refused
from tests.interfaces.pos.tills import Till, at_the_till, pos_settings


def test_it_lives_and_is_ready_and_says_what_is_missing(
    own_database: OwnDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(till: Till) -> None:
        for path, said in (
            ("/livez", {"status": "alive"}),
            ("/readyz", {"status": "ready", "checked": ["database"]}),
        ):
            answer = await till.client.get(path)
            assert (answer.status_code, answer.json()) == (200, said)
            assert answer.headers["cache-control"] == "no-store"
            refused(await till.client.post(path), 404, "no_such_address")

        async def nothing(*_: Any, **__: Any) -> Any:
            raise asyncpg.ConnectionDoesNotExistError("the address of the inside")

        monkeypatch.setattr(till.application._database, "_fetch", nothing)
        answer = await till.client.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "missing": ["database"]})
        # A lost database is no reason to be killed.
        assert (await till.client.get("/livez")).status_code == 200

    at_the_till(own_database, make_shop(), story)


def test_one_that_leaves_lives_and_is_not_ready(own_database: OwnDatabase) -> None:
    async def story() -> None:
        application = build(pos_settings(own_database))
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url="http://till.test") as client:
            async with application.running():
                assert (await client.get("/readyz")).status_code == 200
            answer = await client.get("/readyz")
            assert (answer.status_code, answer.json()["missing"]) == (503, ["serving", "database"])
            assert (await client.get("/livez")).status_code == 200

    asyncio.run(story())
