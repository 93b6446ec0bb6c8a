"""The product under measurement.

The lean application in a granian of its own, and the load generator beside it.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.ground import Ground


@contextmanager
def point_of_sale(ground: Ground) -> Iterator[int]:
    """Serve the lean application as `giftwell pos` does, while the block runs; gives its port."""
    from giftwell.config.processes import granian

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = granian(
        "giftwell.config.pos:application", "asgi", host="127.0.0.1", port=port, workers=1, threads=1
    )
    with (ground.scratch / "pos.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
    try:
        _wait_until_it_listens(process, port, ground)
        yield port
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
    said = (ground.scratch / "pos.log").read_text()[-2000:]
    raise SystemExit(f"bench: the point of sale did not start:\n{said}")


def load(ground: Ground, port: int, kind: str, *, connections: int, seconds: float) -> dict[str, Any]:
    """What the load generator measured. Raises SystemExit when anything but success came back."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", str(port), kind, str(connections), str(seconds),
         str(ground.cards_file)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"bench: the load generator failed: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    strange = {status: count for status, count in found["statuses"].items() if status not in ("200", "201")}
    if strange:
        log = (ground.scratch / "pos.log").read_text()[-1000:]
        raise SystemExit(f"bench: not every answer was a success: {strange}\n{log}")
    return found
