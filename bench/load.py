"""The load generator: one process, many keep-alive connections, hand-written HTTP, as little Python a
request as can be.

It shares the machine with what it measures, so every microsecond here is taken from there. Run by
`bench.rounds` as `python -m bench.load PORT KIND CONNECTIONS SECONDS FILE`; prints one line of JSON.
"""

import json
import selectors
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

_HEAD = (
    "POST /v1/pos/{path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {secret}\r\n"
    "Content-Type: application/json\r\n"
)
_BATCH_ROWS = 500


@dataclass(slots=True)
class Tally:
    """What came back."""

    statuses: dict[str, int] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    operations: int = 0


@dataclass(slots=True)
class Line:
    """One connection: what it waits for, and since when."""

    sock: socket.socket
    sent_at: float = 0.0
    buffer: bytes = b""


def requests(kind: str, cards: list[list[str]], run: str, seed: int) -> Iterator[bytes]:
    """Requests without end: each with a card picked at random, and a key never used before."""
    chance, numbers = Random(seed), count()
    paths = ("redemptions", "balance", "batch")
    heads = {
        secret: {path: _HEAD.format(path=path, secret=secret) for path in paths}
        for secret in {card[1] for card in cards}
    }
    by_secret: dict[str, list[str]] = {}
    for code, secret in cards:
        by_secret.setdefault(secret, []).append(code)
    secrets = list(by_secret)
    while True:
        secret = chance.choice(secrets)
        if kind == "batch":
            body, path, key = _batch(by_secret[secret], chance, numbers, run), "batch", ""
        elif kind == "balance":
            body, path, key = f'{{"code":"{chance.choice(by_secret[secret])}"}}', "balance", ""
        else:
            code = chance.choice(by_secret[secret])
            body, path = f'{{"code":"{code}","amount_minor":100,"currency":"EUR"}}', "redemptions"
            key = f"Idempotency-Key: {run}-{next(numbers)}\r\n"
        yield f"{heads[secret][path]}{key}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def _batch(codes: list[str], chance: Random, numbers: Iterator[int], run: str) -> str:
    operations = [
        f'{{"operation":"redeem","idempotency_key":"{run}-{next(numbers)}","code":"{chance.choice(codes)}",'
        '"amount_minor":100,"currency":"EUR"}'
        for _ in range(_BATCH_ROWS)
    ]
    return '{"operations":[' + ",".join(operations) + "]}"


def drive(
    port: int, connections: int, seconds: float, wanted: Iterator[bytes], weight: Callable[[bytes], int]
) -> Tally:
    """Keep every connection busy for so long.

    Then wait for the last answers. `weight` counts an answer's operations.
    """
    tally = Tally()
    selector = selectors.DefaultSelector()
    lines = [Line(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
    clock = time.perf_counter
    for line in lines:
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line.sock, selectors.EVENT_READ, line)
        line.sent_at = clock()
        line.sock.sendall(next(wanted))
    until, open_lines = clock() + seconds, len(lines)
    while open_lines:
        for ready, _ in selector.select(timeout=30):
            line = ready.data
            chunk = line.sock.recv(262_144)
            answer = line.buffer + chunk if line.buffer else chunk
            if not chunk:
                raise SystemExit("the server closed a connection")
            if not _is_whole(answer):
                line.buffer = answer
                continue
            line.buffer = b""
            now = clock()
            _count(tally, answer, now - line.sent_at, weight)
            if now < until:
                line.sent_at = now
                line.sock.sendall(next(wanted))
            else:
                selector.unregister(line.sock)
                line.sock.close()
                open_lines -= 1
    return tally


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = answer.find(b"content-length: ", 0, end)
    length = int(answer[at + 16 : answer.index(b"\r\n", at)])
    return len(answer) >= end + 4 + length


def _count(tally: Tally, answer: bytes, seconds: float, weight: Callable[[bytes], int]) -> None:
    status = answer[9:12].decode()
    tally.statuses[status] = tally.statuses.get(status, 0) + 1
    tally.milliseconds.append(seconds * 1000)
    tally.operations += weight(answer)


def _sound(answer: bytes) -> int:
    return 1 if answer[9:12] in (b"200", b"201") else 0


def _sound_in_batch(answer: bytes) -> int:
    return answer.count(b'"status":201')


def main(arguments: list[str]) -> None:
    """Measure, and print one line of JSON."""
    port, kind, connections, seconds, file = arguments
    cards = json.loads(Path(file).read_text())
    run = f"{time.time_ns():x}"
    wanted = requests(kind, cards, run, seed=time.time_ns())
    ready = [next(wanted) for _ in range(20)] if kind == "batch" else []

    def feed() -> Iterator[bytes]:
        yield from ready
        yield from wanted

    began = time.perf_counter()
    tally = drive(
        int(port), int(connections), float(seconds), feed(), _sound_in_batch if kind == "batch" else _sound
    )
    took = time.perf_counter() - began
    times = sorted(tally.milliseconds)
    result: dict[str, Any] = {
        "per_second": tally.operations / took,
        "statuses": tally.statuses,
        "p50_ms": times[len(times) // 2],
        "p99_ms": times[int(len(times) * 0.99)],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
