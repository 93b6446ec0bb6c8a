"""Who is calling: the API key behind a bearer secret.

A found key is believed for two seconds, so a revoked one works that much longer at most; what is not found is
remembered as long, so that a wrong key in a loop costs the database nothing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg

from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.entrance import MerchantSuspended, MissingScope, Unauthenticated
from giftwell.interfaces.pos.database import GONE, Database
from giftwell.kit.actor import Actor
from giftwell.kit.crypto import keyed_hash
from giftwell.kit.errors import Unavailable

_PREFIXES = ("gw_live_", "gw_test_")
_LONGEST = 128
_MOST_CACHED = 10_000
_NOTE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Caller:
    """A recognised key."""

    key_id: UUID
    merchant_id: UUID
    actor: str
    may_sell: bool
    expires_at: datetime | None
    is_suspended: bool


class Keys:
    """Look-ups by hash, cached for a moment; the same key asked for by many at once is looked up once."""

    def __init__(
        self, database: Database, key: bytes, *, cache_seconds: float, clock: Callable[[], datetime]
    ) -> None:
        """`key` makes the hash that secrets are found by."""
        self._database = database
        self._key = key
        self._cache_seconds = cache_seconds
        self._clock = clock
        self._known: dict[bytes, tuple[float, Caller | None]] = {}
        self._asking: dict[bytes, asyncio.Task[Caller | None]] = {}
        self._used: set[UUID] = set()

    async def caller(self, authorization: str | None) -> Caller:
        """The caller of this Authorization header.

        Raises Unauthenticated for no key, an unknown, revoked or expired one alike; MerchantSuspended;
        MissingScope.
        """
        scheme, _, secret = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not secret.startswith(_PREFIXES) or len(secret) > _LONGEST:
            raise Unauthenticated
        secret_hash = keyed_hash(self._key, secret.encode())
        known = self._known.get(secret_hash)
        found = known[1] if known and known[0] > monotonic() else await self._ask_once(secret_hash)
        if found is None or (found.expires_at is not None and found.expires_at <= self._clock()):
            raise Unauthenticated
        if found.is_suspended:
            raise MerchantSuspended
        if not found.may_sell:
            raise MissingScope
        self._used.add(found.key_id)
        return found

    async def note_uses(self) -> None:
        """Write the times of use down every now and then, until cancelled."""
        while True:
            await asyncio.sleep(_NOTE_SECONDS)
            await self.note_uses_now()

    async def note_uses_now(self) -> None:
        """Write the times of use down; a failure loses nothing but a figure on a page."""
        used, self._used = self._used, set()
        if used:
            try:
                await self._database.note_keys(list(used))
            except (*GONE, asyncpg.PostgresError):
                self._used |= used

    async def _ask_once(self, secret_hash: bytes) -> Caller | None:
        task = self._asking.get(secret_hash)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._ask(secret_hash))
            self._asking[secret_hash] = task
            task.add_done_callback(lambda _: self._asking.pop(secret_hash, None))
        try:
            return await asyncio.shield(task)
        except (*GONE, asyncpg.PostgresError) as error:
            raise Unavailable from error

    async def _ask(self, secret_hash: bytes) -> Caller | None:
        row: Any = await self._database.find_key(secret_hash)
        found = None
        if row is not None:
            key_id, merchant_id, scopes, expires_at, is_suspended = row
            found = Caller(
                key_id=key_id, merchant_id=merchant_id, actor=str(Actor.api_key(key_id)),
                may_sell=ApiScope.POS in scopes, expires_at=expires_at, is_suspended=is_suspended,
            )  # fmt: skip
        if len(self._known) >= _MOST_CACHED:
            self._known.clear()
        self._known[secret_hash] = (monotonic() + self._cache_seconds, found)
        return found
