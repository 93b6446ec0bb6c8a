"""Waiting for a card that somebody else holds, beside the lanes: its tills wait, and nobody else does.

A call waits for a lock for a moment only. What is still held then is asked for again here, alone and for as
long as a till is let wait; whoever comes for the same card meanwhile stands behind it, in order.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from giftwell.interfaces.common.entrance import InProgress

type Ask = Callable[[float], Awaitable[Any]]


class Waits:
    """A bounded number of waiters, of whom `at_once` ask the database at a time."""

    def __init__(self, *, at_once: int, most: int, seconds: float) -> None:
        """Let `most` wait, none longer than about `seconds`."""
        self._turns = asyncio.Semaphore(at_once)
        self._most = most
        self._seconds = seconds
        self._last: dict[Hashable, asyncio.Task[Any]] = {}
        self._waiting = 0

    def __contains__(self, target: Hashable) -> bool:
        """Whether somebody waits for this already."""
        return target in self._last

    def __bool__(self) -> bool:
        """Whether anybody waits at all."""
        return bool(self._last)

    def begin(self, target: Hashable, ask: Ask) -> asyncio.Task[Any] | InProgress:
        """Ask for a target when its turn comes, with the seconds that are left then.

        The task raises InProgress when they are not enough; it is the answer at once where too many wait.
        """
        if self._waiting >= self._most:
            return InProgress()
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._wait(ask, self._last.get(target), loop.time() + self._seconds))
        self._last[target] = task
        self._waiting += 1
        task.add_done_callback(lambda done: self._end(target, done))
        return task

    async def _wait(self, ask: Ask, before: asyncio.Task[Any] | None, until: float) -> Any:
        try:
            async with asyncio.timeout_at(until):
                if before is not None:
                    await asyncio.wait([before])
                await self._turns.acquire()
        except TimeoutError:
            raise InProgress from None
        try:
            return await ask(max(until - asyncio.get_running_loop().time(), 0.01))
        finally:
            self._turns.release()

    def _end(self, target: Hashable, done: asyncio.Task[Any]) -> None:
        self._waiting -= 1
        if self._last.get(target) is done:
            del self._last[target]
        if not done.cancelled():
            done.exception()  # seen: whoever asked may be gone
