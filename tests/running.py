"""The real platform for tests that need all of it: `giftwell run` in a folder and on a port of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

READY_SECONDS = 120
_SERVING = "Giftwell is serving"


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Platform:
    """A running platform, its demo data and its command line."""

    data_dir: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="giftwell-journey-")))
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    demo: dict[str, Any] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment its commands run in: nothing of the tests' own leaks in."""
        unset = ("DATABASE_URL", "DATABASE_ADMIN_URL", "CACHE_URL", "BASE_URL", "DJANGO_SETTINGS_MODULE")
        kept = {name: value for name, value in os.environ.items() if name not in unset}
        return {**kept, "DATA_DIR": str(self.data_dir), "PORT": str(self.port)}

    @property
    def log(self) -> str:
        """What the processes have said."""
        return (self.data_dir / "run.log").read_text(errors="replace")

    def start(self) -> None:
        """Start it and wait until it says that it serves, with the demo read.

        It answers before it has made its demo: two that make it at once would be in each other's way.
        """
        self.data_dir.chmod(0o755)
        said = self.log.count(_SERVING) if (self.data_dir / "run.log").exists() else 0
        with (self.data_dir / "run.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "giftwell.config.cli", "run"],
                env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self.wait_until_ready()
        deadline = time.monotonic() + READY_SECONDS
        while self.log.count(_SERVING) <= said:
            assert self.process.poll() is None, f"the platform ended:\n{self.log[-4000:]}"
            assert time.monotonic() < deadline, f"the platform does not serve:\n{self.log[-4000:]}"
            time.sleep(0.1)
        self.demo = json.loads(self.command("demo", "--json").stdout)

    def wait_until_ready(self) -> None:
        """Wait until /readyz says so."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.base}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise AssertionError(f"the platform did not become ready:\n{self.log[-4000:]}")

    def stop(self) -> int:
        """Ask it to stop; gives back the exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def remove(self) -> None:
        """Forget its data."""
        shutil.rmtree(self.data_dir, ignore_errors=True)

    def command(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `giftwell …` against it."""
        done = subprocess.run(
            [sys.executable, "-m", "giftwell.config.cli", *words],
            env=self.environment, capture_output=True, text=True, check=False, timeout=180,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, f"giftwell {' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done
