"""The load generator: one process, many keep-alive connections, hand-written HTTP, as little Python a
request as can be.

It shares the machine with what it measures, so every microsecond here is taken from there. Run by
`bench.server` as `python -m bench.load PORT KIND CONNECTIONS SECONDS FILE [RATE [sent]]`; prints one line of
JSON. Without a rate every connection asks again as soon as it is answered. With one, requests come at their
times whether or not the earlier ones were answered, and are timed from when they were due, or `sent`.
"""

import json
import select
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from bench.requests import capture, requests

_GOOD = (b"200", b"201")


@dataclass(slots=True)
class Line:
    """One connection: what it asked, since when it waits, and what has come of the answer."""

    sock: socket.socket
    asked: bytes = b""
    since: float = 0.0
    buffer: bytes = b""
    half: bool = False


@dataclass(slots=True)
class Tally:
    """What came back."""

    statuses: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    operations: int = 0
    asked: int = 0
    unnamed: int = 0  # refusals that name no time to come again

    def count(self, answer: bytes, seconds: float, operations: int) -> None:
        """One answer."""
        status = answer[9:12]
        self.statuses[status.decode()] += 1
        if status in _GOOD:
            self.milliseconds.append(seconds * 1000)
            self.operations += operations
        elif b"\r\nretry-after: " not in answer:
            self.unnamed += 1


class Load:
    """The connections and their loop."""

    def __init__(self, port: int, kind: str, connections: int, wanted: Iterator[bytes]) -> None:
        self._kind = kind
        self._wanted = wanted
        self._poll = select.epoll()
        self._lines: dict[int, Line] = {}
        for _ in range(connections):
            sock = socket.create_connection(("127.0.0.1", port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._lines[sock.fileno()] = Line(sock)
            self._poll.register(sock, select.EPOLLIN)
        self.tally = Tally()

    def as_fast_as_answered(self, seconds: float) -> None:
        """Keep every connection busy for so long, then wait for the last answers."""
        clock = time.perf_counter
        until, busy = clock() + seconds, len(self._lines)
        for line in self._lines.values():
            self._ask(line, clock())

        def again(line: Line, now: float) -> None:
            nonlocal busy
            if now < until:
                self._ask(line, now)
            else:
                busy -= 1

        while busy:
            self._hear(30, again)

    def at_a_rate(self, rate: float, seconds: float, *, from_sent: bool) -> None:
        """Ask so often a second for so long.

        What is due while all connections wait is asked when one is free; what is still due at the end is not.
        """
        clock, step = time.perf_counter, 1 / rate
        free, due = deque(self._lines.values()), deque[float]()
        began = clock()
        until, coming = began + seconds, began
        while (now := clock()) < until or len(free) < len(self._lines):
            if now >= until:
                due.clear()
            while coming <= now and coming < until:
                due.append(coming)
                coming += step
            while due and free:
                was_due = due.popleft()
                self._ask(free.popleft(), clock() if from_sent else was_due)
            self._hear(min(max(coming - now, 0), 0.05), lambda line, _: free.append(line))

    def close(self) -> None:
        """End all connections."""
        for line in self._lines.values():
            line.sock.close()

    def _ask(self, line: Line, since: float) -> None:
        line.since, line.asked = since, next(self._wanted)
        self.tally.asked += 1
        line.sock.sendall(line.asked)

    def _hear(self, seconds: float, then: Callable[[Line, float], None]) -> None:
        for number, _ in self._poll.poll(seconds):
            line = self._lines[number]
            chunk = line.sock.recv(262_144)
            if not chunk:
                raise SystemExit("the server closed a connection")
            answer = line.buffer + chunk if line.buffer else chunk
            if not _is_whole(answer):
                line.buffer = answer
                continue
            line.buffer = b""
            if self._kind == "pairs" and not line.half and answer[9:12] in _GOOD:
                line.half = True
                line.sock.sendall(capture(line.asked, answer))
                continue
            line.half = False
            now = time.perf_counter()
            operations = answer.count(b'"status":201') if self._kind == "batch" else 1
            self.tally.count(answer, now - line.since, operations)
            then(line, now)


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = answer.find(b"content-length: ", 0, end)
    length = int(answer[at + 16 : answer.index(b"\r\n", at)])
    return len(answer) >= end + 4 + length


def main(arguments: list[str]) -> None:
    """Measure, and print one line of JSON."""
    port, kind, connections, seconds, file, *rate = arguments
    run, cards = f"{time.time_ns():x}", json.loads(Path(file).read_text())
    wanted = requests(kind, cards, run, seed=time.time_ns())
    if kind == "batch":  # half a megabyte of text takes its time to make
        wanted = chain([next(wanted) for _ in range(20)], wanted)
    load = Load(int(port), kind, int(connections), wanted)
    began, worked = time.perf_counter(), time.process_time()
    if rate:
        load.at_a_rate(float(rate[0]), float(seconds), from_sent="sent" in rate)
    else:
        load.as_fast_as_answered(float(seconds))
    took, worked, tally = time.perf_counter() - began, time.process_time() - worked, load.tally
    load.close()
    times = sorted(tally.milliseconds) or [0.0]
    result: dict[str, Any] = {
        "per_second": tally.operations / took,
        "asked_per_second": tally.asked / took,
        "statuses": tally.statuses,
        "unnamed": tally.unnamed,
        "generator_us": worked / max(tally.asked, 1) * 1e6,
        "p50_ms": times[len(times) // 2],
        "p99_ms": times[int(len(times) * 0.99)],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
