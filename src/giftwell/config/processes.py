"""The processes of `giftwell run`: started together, restarted when one dies, stopped together."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from giftwell.config.spawning import end_with_parent

_GRACE_SECONDS = 20
_QUICK_DEATHS = 5


class PortTaken(Exception):
    """Somebody else listens there; the message says where and what to do."""


def refuse_taken_port(host: str, port: int) -> None:
    """Raise PortTaken when the port cannot be bound."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Port {port} on {host} cannot be used ({error.strerror}). Stop what listens there, "
                f"or choose another port: PORT={port + 1 if port < 65535 else 8000}."
            ) from error


def granian(target: str, interface: str, *, host: str, port: int, workers: int, threads: int) -> list[str]:
    """The command that serves one application; `threads` are for synchronous pages, ignored by ASGI."""
    return _granian(target, interface, ["--host", host, "--port", str(port)], workers, threads)


def granian_behind(target: str, interface: str, *, socket_path: Path, threads: int) -> list[str]:
    """The command that serves one application by one worker on a Unix socket that only this user may open."""
    # A server that was killed leaves its socket behind, and the next one cannot bind to it.
    serve = _granian(target, interface, ["--uds", str(socket_path), "--uds-permissions", "600"], 1, threads)
    return ["/bin/sh", "-c", 'rm -f "$0"; exec "$@"', str(socket_path), *serve]


def _granian(target: str, interface: str, where: list[str], workers: int, threads: int) -> list[str]:
    command = [
        sys.executable, "-m", "granian", target, "--interface", interface, *where,
        "--workers", str(workers), "--loop", "auto", "--log-level", "warning", "--backlog", "2048",
        "--respawn-failed-workers", "--no-ws",
    ]  # fmt: skip
    if interface == "wsgi":
        command += ["--blocking-threads", str(threads)]
    return command


def end_with_server() -> None:
    """In a server's worker process: end when the server that started it is gone; no orphan keeps its port.

    A server that stops in peace has stopped its workers before, so only `kill -9` of it is felt here.
    """
    if multiprocessing.parent_process() is not None:
        end_with_parent(signal.SIGKILL)
        if os.getppid() == 1:  # it was gone before we asked
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class Children:
    """Child processes by name, kept alive until `stop`."""

    commands: dict[str, list[str]]
    environment: dict[str, str]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _deaths: dict[str, list[float]] = field(default_factory=dict)

    def start(self, *names: str) -> None:
        """Start these, or all of them where none is named."""
        for name in names or self.commands:
            self._start(name)

    def watch(self, stopped: threading.Event, *, first: Callable[[], None] = lambda: None) -> int:
        """Restart whatever dies until `stopped` is set; gives back the exit code for the whole.

        `first` is called before each look: what the children stand on is brought back before they are.
        One that dies five times within ten seconds cannot run here: everything stops and the code is 1.
        """
        while not stopped.wait(0.2):
            first()
            for name, process in list(self._running.items()):
                if process.poll() is None:
                    continue
                now = time.monotonic()
                deaths = [at for at in self._deaths.get(name, []) if now - at < 10] + [now]
                self._deaths[name] = deaths
                if len(deaths) >= _QUICK_DEATHS:
                    sys.stderr.write(
                        f"giftwell: {name} does not stay up (exit {process.returncode}); stopping.\n"
                    )
                    return 1
                sys.stderr.write(f"giftwell: {name} ended (exit {process.returncode}); starting it again.\n")
                self._start(name)
        return 0

    def stop(self) -> None:
        """Ask all to finish what they hold, then end those that do not."""
        for process in self._running.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in self._running.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _start(self, name: str) -> None:
        self._running[name] = subprocess.Popen(
            self.commands[name], env=self.environment, stdin=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=end_with_parent,  # noqa: PLW1509 - the child only asks the kernel
        )  # fmt: skip
