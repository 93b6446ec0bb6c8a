"""The way to the database: a bounded pool, and calls that answer every row or say that it could not be.

A call that failed as a whole (connection lost, deadlock, too slow) is repeated row by row. That is safe
because every row carries its key: what did take effect answers as a replay.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import structlog

from giftwell.interfaces.common.entrance import Broken
from giftwell.interfaces.pos.settings import PosSettings
from giftwell.kit.errors import Unavailable

type Row = tuple[Any, ...]

GONE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
)
_AGAIN = (
    *GONE,
    asyncpg.exceptions.TransactionRollbackError,
    asyncpg.exceptions.LockNotAvailableError,
)
_log = structlog.get_logger("giftwell.pos")


async def _keep_as_it_is(_connection: object) -> None:
    """Nothing here changes a session, so nothing has to be reset, and a round trip a call is saved."""


class Database:
    """The pool and its calls."""

    def __init__(self, settings: PosSettings, clock: Callable[[], datetime]) -> None:
        """Hold nothing open yet; `open` does."""
        self._settings = settings
        self._clock = clock
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Connect. Raises what asyncpg raises when the database cannot be reached."""
        self._pool = await asyncpg.create_pool(
            self._settings.database_url,
            min_size=1,
            max_size=self._settings.pool_size,
            max_inactive_connection_lifetime=0,
            reset=_keep_as_it_is,
            timeout=self._settings.wait_seconds,
            server_settings={
                "application_name": "giftwell-pos",
                "idle_in_transaction_session_timeout": "10000",
                "lock_timeout": "5000",
                "jit": "off",
            },
        )

    async def close(self) -> None:
        """Give the connections back to the server."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                await asyncio.wait_for(pool.close(), self._settings.call_seconds)
            except TimeoutError:
                pool.terminate()

    async def call(self, sql: str, rows: Sequence[Row]) -> list[Any]:
        """One call for these rows; one record a row, in their order."""
        columns = zip(*rows, strict=True)
        records = await self._fetch(sql, *columns, self._clock())
        answers: list[Any] = [None] * len(rows)
        for record in records:
            answers[record[0] - 1] = record
        return answers

    async def carry(self, sql: str, rows: Sequence[Row]) -> list[Any]:
        """`call`, and once more row by row when it failed.

        An exception in a row's place means that row failed.
        """
        try:
            return await self.call(sql, rows)
        except (*_AGAIN, asyncpg.PostgresError) as error:
            _log.warning("pos.call_failed", rows=len(rows), error=type(error).__name__)
        answers: list[Any] = []
        for row in rows:
            try:
                answers += await self.call(sql, [row])
            except GONE:
                # No use in asking for the others: they would only wait longer for the same answer.
                answers += [Unavailable()] * (len(rows) - len(answers))
                break
            except _AGAIN:
                answers.append(Unavailable())
            except asyncpg.PostgresError as error:
                _log.error("pos.row_failed", sqlstate=error.sqlstate, error=type(error).__name__)
                answers.append(Broken())
        return answers

    async def find_key(self, secret_hash: bytes) -> Any:
        """The API key of this hash, or nothing."""
        rows = await self._fetch(
            "select key_id, merchant_id, scopes, expires_at, is_suspended from identity.find_api_key($1)",
            secret_hash,
        )
        return rows[0] if rows else None

    async def note_keys(self, key_ids: Sequence[Any]) -> None:
        """Write down that these keys were used."""
        await self._fetch("select identity.note_key_use($1, $2)", key_ids, self._clock())

    async def _fetch(self, sql: str, *values: Any) -> list[Any]:
        if self._pool is None:
            raise asyncpg.InterfaceError("the pool is closed")
        async with self._pool.acquire(timeout=self._settings.call_seconds) as connection:
            try:
                records: list[Any] = await connection.fetch(sql, *values, timeout=self._settings.call_seconds)
            except asyncpg.InternalClientError:
                # A connection that was cut while a statement was being prepared does not know what it is in.
                connection.terminate()
                raise
            return records
