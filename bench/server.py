"""The product under measurement: an application in a granian of its own, and the load generator beside it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from bench.ground import Ground


@dataclass(frozen=True, slots=True)
class Served:
    """An application that listens, and the server's process."""

    port: int
    process: subprocess.Popen[bytes]

    def memory_mb(self) -> float:
        """What its one worker holds in memory, in megabytes; shared pages count as its own."""
        workers = psutil.Process(self.process.pid).children(recursive=True)
        return float(max(worker.memory_info().rss for worker in workers)) / 1e6


def point_of_sale(ground: Ground) -> Any:
    """Serve the lean application as `giftwell pos` does, while the block runs."""
    return _served(ground, "giftwell.config.pos:application", "asgi")


def pages(ground: Ground) -> Any:
    """Serve the pages as `giftwell web` does, by one worker, while the block runs."""
    return _served(ground, "giftwell.config.wsgi:application", "wsgi")


@contextmanager
def _served(ground: Ground, target: str, interface: str) -> Iterator[Served]:
    from giftwell.config.processes import granian

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = granian(target, interface, host="127.0.0.1", port=port, workers=1, threads=8)
    with (ground.scratch / "served.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
    try:
        _wait_until_it_listens(process, port, ground)
        yield Served(port, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, ground: Ground) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    said = (ground.scratch / "served.log").read_text()[-2000:]
    raise SystemExit(f"bench: the server did not start:\n{said}")


def load(
    ground: Ground, port: int, kind: str, *, connections: int, seconds: float, rate: float | None = None,
    may_refuse: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """What the load generator measured, at this rate or as fast as it is answered.

    Raises SystemExit when anything but success came back, unless a server `may_refuse` (429 and 503).
    """
    command = [sys.executable, "-m", "bench.load", str(port), kind, str(connections), str(seconds)]
    command += [str(ground.cards_file), *([str(rate)] if rate else []), *(["sent"] if may_refuse else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"bench: the load generator failed: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    allowed = ("200", "201", "429", "503") if may_refuse else ("200", "201")
    strange = {status: count for status, count in found["statuses"].items() if status not in allowed}
    if strange:
        log = (ground.scratch / "served.log").read_text()[-1000:]
        raise SystemExit(f"bench: not every answer was a success: {strange}\n{log}")
    return found
