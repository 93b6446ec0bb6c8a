"""Who is calling: the API key behind a bearer secret.

A found key is remembered only while revocations are heard of (`revocations.py`): one that is revoked is
forgotten as its revocation commits, and while nothing is heard the database is asked each time. What is not
found is remembered for a moment, so that a wrong key in a loop costs the database nothing.
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
from giftwell.interfaces.common.entrance import (
    MerchantSuspended,
    MissingScope,
    NotFromHere,
    TooManyRequests,
    Unauthenticated,
)
from giftwell.interfaces.pos.database import GONE, Database
from giftwell.kit.actor import Actor
from giftwell.kit.crypto import keyed_hash
from giftwell.kit.errors import Unavailable
from giftwell.kit.networks import is_within

_PREFIXES = ("gw_live_", "gw_test_")
_LONGEST = 128
_MOST_CACHED = 10_000
_UNKNOWN_SECONDS = 2.0
_NOTE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Caller:
    """A recognised key."""

    key_id: UUID
    merchant_id: UUID
    actor: str
    scopes: frozenset[str]
    expires_at: datetime | None
    is_suspended: bool
    networks: tuple[str, ...]
    requests_a_minute: int | None


class Keys:
    """Look-ups by hash, remembered; the same key asked for by many at once is looked up once."""

    def __init__(
        self, database: Database, key: bytes, *, cache_seconds: float, clock: Callable[[], datetime]
    ) -> None:
        """`key` makes the hash that secrets are found by. Nothing is remembered before `remember_while`."""
        self._database = database
        self._key = key
        self._cache_seconds = cache_seconds
        self._clock = clock
        self._believes: Callable[[], bool] = lambda: False
        self._generation = 0
        self._known: dict[bytes, tuple[float, Caller | None]] = {}
        self._asking: dict[bytes, asyncio.Task[Caller | None]] = {}
        self._used: set[UUID] = set()

    def remember_while(self, believes: Callable[[], bool]) -> None:
        """Remember what was found as long as `believes` says that a change would be heard of."""
        self._believes = believes

    def forget(self, merchant_id: str | None) -> None:
        """Forget what is known of a merchant's keys, or of all, and what is being asked of any at present."""
        self._generation += 1
        self._asking.clear()
        for secret_hash, (_, found) in list(self._known.items()):
            if merchant_id is None or found is None or str(found.merchant_id) == merchant_id:
                del self._known[secret_hash]

    async def caller(self, authorization: str | None, address: Callable[[], str]) -> Caller:
        """The caller of this Authorization header; `address` says from where, for keys that ask.

        Raises Unauthenticated for no key, an unknown, revoked or expired one alike; MerchantSuspended;
        NotFromHere; TooManyRequests for a key above its own limit; MissingScope.
        """
        scheme, _, secret = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not secret.startswith(_PREFIXES) or len(secret) > _LONGEST:
            raise Unauthenticated
        secret_hash = keyed_hash(self._key, secret.encode())
        known = self._known.get(secret_hash) if self._believes() else None
        found = known[1] if known and known[0] > monotonic() else await self._ask_once(secret_hash)
        if found is None or (found.expires_at is not None and found.expires_at <= self._clock()):
            raise Unauthenticated
        if found.is_suspended:
            raise MerchantSuspended
        if found.networks and not is_within(address(), found.networks):
            raise NotFromHere
        if found.requests_a_minute is not None:
            await self._count(found.key_id, found.requests_a_minute)
        if ApiScope.POS not in found.scopes:
            raise MissingScope
        self._used.add(found.key_id)
        return found

    async def _count(self, key_id: UUID, limit: int) -> None:
        try:
            if await self._database.count_key(key_id, limit) < 0:
                raise TooManyRequests
        except (*GONE, asyncpg.PostgresError) as error:
            raise Unavailable from error

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
        try:
            if not self._believes():
                return await self._ask(secret_hash)
            task = self._asking.get(secret_hash)
            if task is None:
                task = asyncio.get_running_loop().create_task(self._ask(secret_hash))
                self._asking[secret_hash] = task
                task.add_done_callback(lambda done: self._asked(secret_hash, done))
            return await asyncio.shield(task)
        except (*GONE, asyncpg.PostgresError) as error:
            raise Unavailable from error

    def _asked(self, secret_hash: bytes, task: asyncio.Task[Caller | None]) -> None:
        if self._asking.get(secret_hash) is task:
            del self._asking[secret_hash]

    async def _ask(self, secret_hash: bytes) -> Caller | None:
        generation = self._generation
        row: Any = await self._database.find_key(secret_hash)
        found = None
        if row is not None:
            key_id, merchant_id, scopes, expires_at, is_suspended, networks, requests_a_minute = row
            found = Caller(
                key_id=key_id, merchant_id=merchant_id, actor=str(Actor.api_key(key_id)),
                scopes=frozenset(scopes), expires_at=expires_at, is_suspended=is_suspended,
                networks=tuple(networks), requests_a_minute=requests_a_minute,
            )  # fmt: skip
        # Looked up before something was revoked: true when it was asked, and not to be remembered.
        if generation == self._generation:
            if len(self._known) >= _MOST_CACHED:
                self._known.clear()
            seconds = self._cache_seconds if found else min(_UNKNOWN_SECONDS, self._cache_seconds)
            self._known[secret_hash] = (monotonic() + seconds, found)
        return found
