"""The way to the database: a bounded pool, and calls that answer every row or say that it could not be.

A call that failed as a whole (connection lost, deadlock, too slow) is repeated row by row. That is safe
because every row carries its key: what did take effect answers as a replay. A row whose card is held by
another waits for it beside the others (`waits.py`).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg
import structlog

from giftwell.interfaces.common.entrance import Broken, InProgress
from giftwell.interfaces.pos.settings import PosSettings
from giftwell.interfaces.pos.waits import Waits
from giftwell.kit.errors import DomainError, Unavailable

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
_HELD = asyncpg.exceptions.LockNotAvailableError
_AGAIN = (*GONE, asyncpg.exceptions.TransactionRollbackError)
_log = structlog.get_logger("giftwell.pos")


async def _keep_as_it_is(_connection: object) -> None:
    """Nothing here changes a session, so nothing has to be reset, and a round trip a call is saved."""


_PATIENCE = "select set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)"


class Database:
    """The pool and its calls."""

    def __init__(self, settings: PosSettings, clock: Callable[[], datetime]) -> None:
        """Hold nothing open yet; `open` does."""
        self._settings = settings
        self._clock = clock
        self._pool: asyncpg.Pool | None = None
        self._waits = Waits(
            at_once=settings.patient_at_once, most=settings.patient, seconds=settings.patience_seconds
        )

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
                "lock_timeout": _milliseconds(self._settings.lock_seconds),
                # Behind our own clock, which also asks to cancel: for a cancellation that got lost.
                "statement_timeout": _milliseconds(self._settings.call_seconds + 1),
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

    async def call(self, sql: str, rows: Sequence[Row], *, patience: float | None = None) -> list[Any]:
        """One call for these rows, waiting `patience` seconds for locks; one record a row, in their order."""
        columns = zip(*rows, strict=True)
        records = await self._fetch(sql, *columns, self._clock(), patience=patience)
        answers: list[Any] = [None] * len(rows)
        for record in records:
            answers[record[0] - 1] = record
        return answers

    async def carry(self, sql: str, rows: Sequence[Row]) -> list[Any]:
        """`call`, and once more row by row when it failed.

        An exception in a row's place means that row failed; a task, that it waits for its card.
        """
        if not self._waits:
            return await self._carry_now(sql, rows)
        # Who comes for a card that is waited for stands in line, and holds nobody up.
        answers: list[Any] = [
            self._wait(sql, row) if _target(sql, row) in self._waits else None for row in rows
        ]
        free = [place for place, answer in enumerate(answers) if answer is None]
        if free:
            carried = await self._carry_now(sql, [rows[place] for place in free])
            for place, answer in zip(free, carried, strict=True):
                answers[place] = answer
        return answers

    async def carry_out(self, sql: str, rows: Sequence[Row]) -> list[Any]:
        """`carry`, and wait for what waits: a record or an exception for each row."""
        answers = await self.carry(sql, rows)
        for place, answer in enumerate(answers):
            if isinstance(answer, asyncio.Task):
                (answers[place],) = await asyncio.gather(answer, return_exceptions=True)
        return answers

    async def _carry_now(self, sql: str, rows: Sequence[Row]) -> list[Any]:
        try:
            return await self.call(sql, rows)
        except _HELD:
            if len(rows) == 1:
                return [self._wait(sql, rows[0])]
        except (*_AGAIN, asyncpg.PostgresError) as error:
            _log.warning("pos.call_failed", rows=len(rows), error=type(error).__name__)
        answers: list[Any] = []
        for row in rows:
            if _target(sql, row) in self._waits:
                answers.append(self._wait(sql, row))
                continue
            try:
                answers += await self.call(sql, [row])
            except _HELD:
                answers.append(self._wait(sql, row))
            except GONE:
                # No use in asking for the others: they would only wait longer for the same answer.
                answers += [Unavailable()] * (len(rows) - len(answers))
                break
            except asyncpg.PostgresError as error:
                answers.append(_failure(error))
        return answers

    def _wait(self, sql: str, row: Row) -> asyncio.Task[Any] | InProgress:
        return self._waits.begin(_target(sql, row), partial(self._ask_patiently, sql, row))

    async def _ask_patiently(self, sql: str, row: Row, seconds: float) -> Any:
        try:
            (answer,) = await self.call(sql, [row], patience=seconds)
        except (*GONE, asyncpg.PostgresError) as error:
            raise _failure(error) from error
        return answer

    async def find_key(self, secret_hash: bytes) -> Any:
        """The API key of this hash, or nothing."""
        rows = await self._fetch(
            "select key_id, merchant_id, scopes, expires_at, is_suspended, networks, requests_a_minute"
            " from identity.find_api_key($1)",
            secret_hash,
        )
        return rows[0] if rows else None

    async def count_key(self, key_id: Any, limit: int) -> int:
        """How many more requests this key has in this minute; below zero where this one is too many."""
        (row,) = await self._fetch("select identity.count_key_use($1, $2, $3)", key_id, limit, self._clock())
        return int(row[0])

    async def note_keys(self, key_ids: Sequence[Any]) -> None:
        """Write down that these keys were used."""
        await self._fetch("select identity.note_key_use($1, $2)", key_ids, self._clock())

    async def _fetch(self, sql: str, *values: Any, patience: float | None = None) -> list[Any]:
        if self._pool is None:
            raise asyncpg.InterfaceError("the pool is closed")
        seconds = self._settings.call_seconds
        async with self._pool.acquire(timeout=seconds) as connection:
            try:
                if patience is None:
                    return list(await connection.fetch(sql, *values, timeout=seconds))
                async with connection.transaction():
                    seconds += patience
                    await connection.execute(_PATIENCE, _milliseconds(patience), _milliseconds(seconds + 1))
                    return list(await connection.fetch(sql, *values, timeout=seconds))
            except asyncpg.InternalClientError:
                # A connection that was cut while a statement was being prepared does not know what it is in.
                connection.terminate()
                raise


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))


def _target(sql: str, row: Row) -> tuple[Any, ...]:
    # What a row is about: its merchant, and a code, an authorization or a redemption.
    return sql, row[0], row[1]


def _failure(error: Exception) -> DomainError:
    if isinstance(error, _HELD):
        return InProgress()
    if isinstance(error, _AGAIN):
        return Unavailable()
    _log.error("pos.row_failed", sqlstate=getattr(error, "sqlstate", None), error=type(error).__name__)
    return Broken()
