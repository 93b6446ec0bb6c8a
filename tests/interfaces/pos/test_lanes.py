"""The rule of the lanes.

What comes while a call runs travels in the next one, and nobody pays for another.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from giftwell.interfaces.common.entrance import TooManyRequests
from giftwell.interfaces.pos.lanes import Lanes
from giftwell.kit.errors import Refused, Unavailable


class Carrier:
    """A database that answers when it is told to, and remembers what travelled together."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.go = asyncio.Event()
        self.failing: Exception | None = None

    async def carry(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        self.calls.append([row[0] for row in rows])
        await self.go.wait()
        if self.failing:
            raise self.failing
        return [Refused() if row[0] < 0 else row[0] * 10 for row in rows]


def lanes(carrier: Carrier, **bounds: Any) -> Lanes:
    return Lanes(carrier.carry, **{"lanes": 1, "rows": 100, "limit": 1000, "wait_seconds": 5.0, **bounds})


def test_what_comes_while_a_call_runs_travels_in_the_next_one() -> None:
    async def story() -> None:
        carrier = Carrier()
        queue = lanes(carrier)
        first = queue.submit((1,))
        await asyncio.sleep(0)
        others = [queue.submit((number,)) for number in (2, 3, 4)]
        await asyncio.sleep(0)
        assert carrier.calls == [[1]]
        carrier.go.set()
        assert await asyncio.gather(first, *others) == [10, 20, 30, 40]
        assert carrier.calls == [[1], [2, 3, 4]]

    asyncio.run(story())


def test_one_call_carries_no_more_rows_than_it_may() -> None:
    async def story() -> None:
        carrier = Carrier()
        carrier.go.set()
        queue = lanes(carrier, rows=2)
        await asyncio.gather(*[queue.submit((number,)) for number in range(5)])
        assert [len(call) for call in carrier.calls] == [2, 2, 1]

    asyncio.run(story())


def test_no_more_calls_run_at_once_than_there_are_lanes() -> None:
    async def story() -> None:
        carrier = Carrier()
        queue = lanes(carrier, lanes=2)
        futures = []
        for number in range(4):
            futures.append(queue.submit((number,)))
            await asyncio.sleep(0)
        assert carrier.calls == [[0], [1]]
        carrier.go.set()
        await asyncio.gather(*futures)
        assert sum(len(call) for call in carrier.calls) == 4

    asyncio.run(story())


def test_a_full_queue_refuses_at_once() -> None:
    async def story() -> None:
        carrier = Carrier()
        queue = lanes(carrier, limit=2)
        taken = queue.submit((1,))
        await asyncio.sleep(0)
        waiting = [queue.submit((2,)), queue.submit((3,))]
        with pytest.raises(TooManyRequests):
            queue.submit((4,))
        carrier.go.set()
        assert await asyncio.gather(taken, *waiting) == [10, 20, 30]
        assert queue.waiting == 0
        assert await queue.submit((5,)) == 50

    asyncio.run(story())


def test_a_refused_row_fails_only_the_one_who_sent_it() -> None:
    async def story() -> None:
        carrier = Carrier()
        carrier.go.set()
        queue = lanes(carrier)
        answers = await asyncio.gather(*[queue.submit((n,)) for n in (1, -1, 2)], return_exceptions=True)
        assert answers[0] == 10
        assert isinstance(answers[1], Refused)
        assert answers[2] == 20

    asyncio.run(story())


def test_a_call_that_breaks_answers_everyone_in_it_and_the_lane_lives_on() -> None:
    async def story() -> None:
        carrier = Carrier()
        carrier.go.set()
        carrier.failing = RuntimeError("gone")
        queue = lanes(carrier)
        answers = await asyncio.gather(queue.submit((1,)), queue.submit((2,)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [RuntimeError, RuntimeError]
        carrier.failing = None
        assert await queue.submit((3,)) == 30

    asyncio.run(story())


def test_who_waited_too_long_is_told_so_and_nothing_is_done_for_him() -> None:
    async def story() -> None:
        carrier = Carrier()
        queue = lanes(carrier, wait_seconds=0.01)
        first = queue.submit((1,))
        await asyncio.sleep(0)
        late = queue.submit((2,))
        await asyncio.sleep(0.05)
        carrier.go.set()
        assert await first == 10
        with pytest.raises(Unavailable):
            await late
        assert carrier.calls == [[1]]

    asyncio.run(story())


def test_who_went_away_before_his_turn_is_not_carried() -> None:
    async def story() -> None:
        carrier = Carrier()
        queue = lanes(carrier)
        first = queue.submit((1,))
        await asyncio.sleep(0)
        gone, patient = queue.submit((2,)), queue.submit((3,))
        gone.cancel()
        carrier.go.set()
        assert await first == 10
        assert await patient == 30
        assert carrier.calls == [[1], [3]]

    asyncio.run(story())


def test_drain_returns_when_all_is_answered() -> None:
    async def story() -> None:
        carrier = Carrier()
        queue = lanes(carrier)
        futures = [queue.submit((1,)), queue.submit((2,))]
        draining = asyncio.create_task(queue.drain())
        await asyncio.sleep(0.01)
        assert not draining.done()
        carrier.go.set()
        await draining
        assert [future.result() for future in futures] == [10, 20]

    asyncio.run(story())
