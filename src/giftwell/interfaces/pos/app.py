"""The application: routes, the life of the process, and the way of one request through it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

import msgspec
import structlog

from giftwell.interfaces.common import entrance
from giftwell.interfaces.pos import bodies, http
from giftwell.interfaces.pos.batch import carry_batch, read_batch
from giftwell.interfaces.pos.database import Database
from giftwell.interfaces.pos.health import LIVEZ, READYZ, health_answer
from giftwell.interfaces.pos.keys import Keys
from giftwell.interfaces.pos.lanes import Lanes
from giftwell.interfaces.pos.operations import (
    AUTHORIZE,
    BALANCE,
    CAPTURE,
    OPERATIONS,
    REAUTHORIZE,
    REDEEM,
    REFUND,
    REVERSE,
    UNLINKED_REFUND,
    VOID,
    Asked,
    Operation,
)
from giftwell.interfaces.pos.revocations import Revocations
from giftwell.interfaces.pos.settings import PosSettings
from giftwell.kit import clock as wall
from giftwell.kit.errors import DomainError, Unavailable
from giftwell.kit.networks import client_address

PREFIX = "/v1/pos/"
_BATCH = "batch"
_ROUTES: dict[str, tuple[Operation, Any]] = {
    "redemptions": (REDEEM, bodies.decoder(bodies.Redeem)),
    "authorizations": (AUTHORIZE, bodies.decoder(bodies.Authorize)),
    "refunds": (REFUND, bodies.decoder(bodies.Refund)),
    "unlinked-refunds": (UNLINKED_REFUND, bodies.decoder(bodies.UnlinkedRefund)),
    "reversals": (REVERSE, bodies.decoder(bodies.Reverse)),
    "balance": (BALANCE, bodies.decoder(bodies.Balance)),
}
# Of one authorization: /v1/pos/authorizations/{id}/capture
_OF_ONE: dict[str, tuple[Operation, Any]] = {
    "capture": (CAPTURE, bodies.decoder(bodies.Capture)),
    "reauthorize": (REAUTHORIZE, bodies.decoder(bodies.Reauthorize)),
    "void": (VOID, bodies.decoder(bodies.Void)),
}
_log = structlog.get_logger("giftwell.pos")


class Visit(msgspec.Struct, gc=False):
    """One request, as the log will tell of it."""

    request_id: str
    operation: str = "unknown"
    actor: str = ""


class PointOfSale:
    """The ASGI application. `running()` is its life; a server enters it through the lifespan protocol."""

    def __init__(self, settings: PosSettings, clock: Callable[[], datetime]) -> None:
        """Connect to nothing yet."""
        self._settings = settings
        self._clock = clock
        self._database = Database(settings, clock)
        self._keys = Keys(
            self._database, settings.api_key_key, cache_seconds=settings.key_cache_seconds, clock=clock
        )
        self._revocations = Revocations(settings, self._keys.forget)
        self._keys.remember_while(lambda: self._revocations.is_heard)
        self._lanes = {
            name: Lanes(
                partial(self._database.carry, operation.sql), lanes=settings.lanes,
                rows=settings.rows_per_call, limit=settings.queue_limit, wait_seconds=settings.wait_seconds,
            )
            for name, operation in OPERATIONS.items()
        }  # fmt: skip
        self._bulk = asyncio.Semaphore(settings.bulk_at_once)
        self._bulk_waiting = 0
        self._under_way = 0
        self._is_open = False
        self._all_answered = asyncio.Event()
        self._access = http.AccessLog(sys.stderr.buffer) if settings.log_requests else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve while the block runs; at its end refuse what is new and finish what was taken on."""
        await self._database.open()
        beside = [
            asyncio.create_task(self._keys.note_uses()),
            asyncio.create_task(self._revocations.listen()),
        ]
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False
            await self._drain()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._keys.note_uses_now()
            await self._database.close()

    async def __call__(self, scope: http.Message, receive: http.Receive, send: http.Send) -> None:
        """One request, or the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        began = perf_counter()
        headers = http.headers_in(scope)
        visit = Visit(entrance.request_id(headers.get(b"x-request-id")))
        self._under_way += 1
        try:
            try:
                answer = await self._answer(scope, headers, receive, visit)
            except DomainError as error:
                answer = http.problem_answer(error, visit.request_id)
            except Exception:
                _log.exception("pos.broken", request_id=visit.request_id)
                answer = http.problem_answer(entrance.Broken(), visit.request_id)
            await http.send_answer(send, answer, visit.request_id)
        finally:
            self._under_way -= 1
            if not (self._is_open or self._under_way):
                self._all_answered.set()
        if self._access is not None:
            self._access.note(http.AccessLine(
                visit.operation, answer.status, answer.code, round((perf_counter() - began) * 1000, 2),
                visit.request_id, visit.actor, self._clock(),
            ))  # fmt: skip

    async def _answer(
        self, scope: http.Message, headers: dict[bytes, str], receive: http.Receive, visit: Visit
    ) -> http.Answer:
        path = scope["path"]
        if path in (LIVEZ, READYZ):
            visit.operation = path[1:]
            return await health_answer(path, scope["method"], self._database, is_open=self._is_open)
        name = path.removeprefix(PREFIX)
        route, target = _ROUTES.get(name), ""
        if route is None and name != _BATCH:
            route, target = _of_one(name)
        # What the address stands for, for the log: never the address, which may hold anything.
        visit.operation = _BATCH if route is None else route[0].name
        if scope["method"] != "POST":
            raise entrance.MethodNotAllowed
        if not self._is_open:
            raise Unavailable
        caller = await self._keys.caller(
            headers.get(b"authorization"), partial(self._address, scope, headers)
        )
        visit.actor = caller.actor
        body = await http.read_body(headers, receive)
        keyed = route is not None and route[0].print_at >= 0
        key = entrance.idempotency_key(headers.get(b"idempotency-key")) if keyed else ""
        asked = Asked(
            caller.merchant_id, caller.actor, visit.request_id, key, target, self._settings, caller.scopes
        )
        if route is None:
            return await self._batch(body, asked)
        operation, decoder = route
        row = operation.row(asked, http.decode(decoder, body or b"{}", bodies.faults))
        record = await self._lanes[operation.name].submit(row)
        answer, is_replay = operation.judge(row, record)
        return http.json_answer(operation.status, answer, is_replay=is_replay)

    def _address(self, scope: http.Message, headers: dict[bytes, str]) -> str:
        peer = (scope.get("client") or ("",))[0]
        return client_address(peer, headers.get(b"x-forwarded-for", ""), self._settings.trusted_proxies)

    async def _batch(self, body: bytes, asked: Asked) -> http.Answer:
        raw = read_batch(body)
        if self._bulk_waiting >= self._settings.bulk_waiting:
            raise entrance.TooManyRequests
        self._bulk_waiting += 1
        try:
            async with asyncio.timeout(self._settings.wait_seconds):
                await self._bulk.acquire()
        except TimeoutError:
            raise Unavailable from None
        finally:
            self._bulk_waiting -= 1
        try:
            return http.json_answer(200, await carry_batch(raw, asked, self._database))
        finally:
            self._bulk.release()

    async def _drain(self) -> None:
        if self._under_way:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_answered.wait(), self._settings.drain_seconds)

    async def _live(self, receive: http.Receive, send: http.Send) -> None:
        async with AsyncExitStack() as life:
            while True:
                kind = (await receive())["type"]
                if kind == "lifespan.shutdown":
                    await life.aclose()
                    await send({"type": "lifespan.shutdown.complete"})
                    return
                try:
                    await life.enter_async_context(self.running())
                except Exception as error:
                    _log.exception("pos.cannot_start")
                    message = f"The point of sale cannot reach its database: {error}"
                    await send({"type": "lifespan.startup.failed", "message": message})
                    return
                await send({"type": "lifespan.startup.complete"})


def _of_one(name: str) -> tuple[tuple[Operation, Any], str]:
    """The route of `authorizations/{id}/capture`, and the id; raises NoSuchAddress."""
    parts = name.split("/")
    route = _OF_ONE.get(parts[2]) if len(parts) == 3 and parts[0] == "authorizations" else None
    if route is None:
        raise entrance.NoSuchAddress
    return route, parts[1]


def build(settings: PosSettings, clock: Callable[[], datetime] = wall.now) -> PointOfSale:
    """The application for these settings."""
    return PointOfSale(settings, clock)
