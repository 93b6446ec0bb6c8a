"""Child processes that end with us, that are waited for until they answer, and that are started again."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

_REVIVAL_SECONDS = 30


class CannotStart(Exception):
    """A server could not be started; the message says which, why, and what to do."""


@dataclass(slots=True)
class Kept:
    """A server of ours that is started again when it dies; `polite` is how it is asked to end."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    polite: signal.Signals
    process: subprocess.Popen[bytes]

    def revive(self) -> bool:
        """Start it again where it has died; whether it had. Raises CannotStart when it will not come back.

        Tried for a while: what a killed server leaves behind (its own children, a segment of shared memory)
        goes a moment later than itself.
        """
        if self.process.poll() is None:
            return False
        sys.stderr.write(
            f"giftwell: {self.name} ended (exit {self.process.returncode}); starting it again.\n"
        )
        deadline = time.monotonic() + _REVIVAL_SECONDS
        while True:
            try:
                self.process = self.start()
            except CannotStart:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return True

    def stop(self) -> None:
        """Ask it to end, and wait."""
        stop(self.process, self.polite)


def end_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to signal this child when its parent dies, even by SIGKILL (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, by)  # PR_SET_PDEATHSIG


def spawn(command: list[str], log: Path, user: str | None = None) -> subprocess.Popen[bytes]:
    """Start a server whose output goes to `log`, as this user."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, user=user, cwd="/",
            start_new_session=True, preexec_fn=partial(end_with_parent, signal.SIGINT),  # noqa: PLW1509 - the child only asks the kernel
        )  # fmt: skip


def wait_for(name: str, process: subprocess.Popen[bytes], log: Path, ask: Callable[[], object]) -> None:
    """Wait until the server answers `ask`. Raises CannotStart with the end of its log."""
    deadline = time.monotonic() + 30
    while True:
        try:
            ask()
        except Exception as error:
            if process.poll() is not None or time.monotonic() > deadline:
                stop(process, signal.SIGKILL)
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
                raise CannotStart(f"{name} did not start. The end of {log}:\n{tail}") from error
            time.sleep(0.05)
        else:
            return


def stop(process: subprocess.Popen[bytes], polite: signal.Signals) -> None:
    """Ask a process to end, and end it where it does not."""
    if process.poll() is not None:
        return
    process.send_signal(polite)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
