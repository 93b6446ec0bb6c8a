"""Micro-batching without a timer: while one call is at the database, the next one gathers.

A request joins the queue; a free lane takes whatever is waiting and carries it in one call. An idle till
therefore waits for nobody, and a crowd shares its round trips and its commits.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from giftwell.interfaces.common.entrance import TooManyRequests
from giftwell.kit.errors import Unavailable

type Row = tuple[Any, ...]
type Carry = Callable[[Sequence[Row]], Awaitable[Sequence[Any]]]


class Lanes:
    """A bounded queue before a small number of lanes to the database.

    `carry` takes rows and gives back one answer a row, in their order; an answer that is an exception is
    raised to the one who submitted that row, and to nobody else. One that is a task is waited for by that
    one alone: its lane is free.
    """

    def __init__(self, carry: Carry, *, lanes: int, rows: int, limit: int, wait_seconds: float) -> None:
        """Bound everything: lanes at once, rows a call, requests waiting, seconds waited before a call."""
        self._carry = carry
        self._rows = rows
        self._limit = limit
        self._wait_seconds = wait_seconds
        self._free = lanes
        self._waiting: deque[tuple[Row, asyncio.Future[Any], float]] = deque()
        self._working: set[asyncio.Task[None]] = set()

    def submit(self, row: Row) -> asyncio.Future[Any]:
        """Queue a row; the future brings its answer.

        Raises TooManyRequests at once when the queue is full: what cannot be served soon is better
        refused soon.
        """
        if len(self._waiting) >= self._limit:
            raise TooManyRequests
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((row, future, loop.time() + self._wait_seconds))
        if self._free:
            self._free -= 1
            task = loop.create_task(self._work())
            self._working.add(task)
            task.add_done_callback(self._working.discard)
        return future

    @property
    def waiting(self) -> int:
        """How many rows no lane has taken yet."""
        return len(self._waiting)

    async def drain(self) -> None:
        """Return when everything submitted so far is answered."""
        while self._working:
            await asyncio.wait(self._working)

    async def _work(self) -> None:
        try:
            while self._waiting:
                taken = self._take()
                if taken:
                    await self._answer(taken)
        finally:
            self._free += 1

    def _take(self) -> list[tuple[Row, asyncio.Future[Any]]]:
        now = asyncio.get_running_loop().time()
        taken: list[tuple[Row, asyncio.Future[Any]]] = []
        waiting = self._waiting
        while waiting and len(taken) < self._rows:
            row, future, deadline = waiting.popleft()
            if future.done():  # its caller is gone; nothing was done for it yet
                continue
            if deadline < now:
                future.set_exception(Unavailable())
            else:
                taken.append((row, future))
        return taken

    async def _answer(self, taken: list[tuple[Row, asyncio.Future[Any]]]) -> None:
        try:
            answers = await self._carry([row for row, _ in taken])
        except Exception as error:
            answers = [error] * len(taken)
        for (_, future), answer in zip(taken, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, asyncio.Task):
                answer.add_done_callback(partial(_hand_over, future))
            elif isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)


def _hand_over(future: asyncio.Future[Any], done: asyncio.Task[Any]) -> None:
    if future.done():
        return
    if done.cancelled():
        future.cancel()
    elif error := done.exception():
        future.set_exception(error)
    else:
        future.set_result(done.result())
