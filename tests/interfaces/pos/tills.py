"""A till for tests: the lean application in this process, asked over HTTP as a merchant's program asks it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx
from django.conf import settings

from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.pos.app import PointOfSale, build
from giftwell.interfaces.pos.settings import PosSettings
from tests.database import OwnDatabase
from tests.factories.identity import make_api_key


def pos_settings(database: OwnDatabase, **bounds: Any) -> PosSettings:
    """The settings of an application at this database, with some bounds of its own."""
    return PosSettings(
        database_url=database.url,
        code_key=settings.LOOKUP_KEYS["code"],
        api_key_key=settings.LOOKUP_KEYS["api_key"],
        fingerprint_key=settings.LOOKUP_KEYS["fingerprint"],
        code_keys=settings.KEYRINGS["card_codes"],
        log_requests=False,
        **bounds,
    )


@dataclass(frozen=True, slots=True)
class Till:
    """A till of one merchant: an application, and the secret it shows."""

    application: PointOfSale
    client: httpx.AsyncClient
    secret: str

    async def post(
        self, path: str, body: Any = None, *, key: str | None = "", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Ask; a fresh key unless one is given, none for None. A body of bytes goes as it is."""
        sent = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        if key is not None:
            sent["Idempotency-Key"] = key or uuid4().hex
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self.client.post(f"/v1/pos/{path}", headers={**sent, **(headers or {})}, **content)

    def of(self, secret: str) -> "Till":
        """The same application, asked by another caller."""
        return replace(self, secret=secret)


@asynccontextmanager
async def running_till(database: OwnDatabase, secret: str, **bounds: Any) -> AsyncIterator[Till]:
    """Serve while the block runs."""
    application = build(pos_settings(database, **bounds))
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=True)
    async with (
        application.running(),
        httpx.AsyncClient(transport=transport, base_url="http://till.test", timeout=30) as client,
    ):
        yield Till(application, client, secret)


def at_the_till[T](
    database: OwnDatabase, merchant: Merchant, story: Callable[[Till], Awaitable[T]],
    scopes: tuple[str, ...] = ("pos", "refunds:unlinked"), **bounds: Any,
) -> T:  # fmt: skip
    """Run a story at a till of this merchant, whose key has these scopes; gives back what the story does."""
    _, secret = make_api_key(merchant, *scopes)

    async def run() -> T:
        async with running_till(database, secret, **bounds) as till:
            return await story(till)

    return asyncio.run(run())
