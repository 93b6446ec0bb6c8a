"""What can be killed, and how: always SIGKILL, without a word before."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from giftwell.config import embedded
from tests.running import Platform, free_port


@dataclass(frozen=True, slots=True)
class Process:
    """A process as /proc tells of it."""

    pid: int
    parent: int
    command: str


def processes() -> list[Process]:
    """Everything that runs."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found.append(Process(int(folder.name), parent, command))
    return found


@dataclass
class PointOfSale:
    """A `giftwell pos` beside the platform, started again when it dies, as an orchestrator does."""

    platform: Platform
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    _stopped: threading.Event = field(default_factory=threading.Event)
    _keeper: threading.Thread | None = None

    def start(self) -> None:
        """Start it, and whoever looks after it."""
        self._keeper = threading.Thread(target=self._keep)
        self._keeper.start()

    def _keep(self) -> None:
        servers = servers_of(self.platform)
        environment = {
            **self.platform.environment, "DATABASE_URL": servers.database_url(),
            "CACHE_URL": servers.cache_url, "BASE_URL": self.platform.base,
        }  # fmt: skip
        while not self._stopped.is_set():
            if self.process is None or self.process.poll() is not None:
                with (self.platform.data_dir / "pos.log").open("ab") as log:
                    self.process = subprocess.Popen(
                        [sys.executable, "-m", "giftwell.config.cli", "pos", "--port", str(self.port)],
                        env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                    )  # fmt: skip
            self._stopped.wait(0.2)

    def stop(self) -> None:
        """Let nobody look after it any more, and end it."""
        self._stopped.set()
        if self._keeper is not None:
            self._keeper.join()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)


def servers_of(platform: Platform) -> embedded.Servers:
    """Where the platform's own servers are reached."""
    return embedded.Servers(embedded.socket_dir_of(platform.data_dir), has_cache=True)


@dataclass(frozen=True, slots=True)
class Victims:
    """Finds the processes of one platform by what they are."""

    platform: Platform
    point_of_sale: PointOfSale

    def find(self, what: str) -> list[int]:
        """The ids of what is to be killed now."""
        return self.kinds[what]()

    @property
    def kinds(self) -> dict[str, Callable[[], list[int]]]:
        """All kinds, and how each is found."""
        return {
            "web": lambda: [*self._web(), *self._children(self._web())],
            "pages": lambda: [*self._pages(), *self._children(self._pages())],
            "what serves": lambda: self._children(self._web()),
            "what watches over it": self._web,
            "worker": lambda: self._of_the_command("cli worker"),
            "point of sale": self._point_of_sale,
            "a backend": self._backend,
            "the database": lambda: self._of_the_command("/bin/postgres "),
            "the cache": lambda: self._of_the_command("valkey"),
        }

    def _of_the_command(self, mark: str) -> list[int]:
        assert self.platform.process is not None
        parent = self.platform.process.pid
        return [one.pid for one in processes() if one.parent == parent and mark in one.command]

    def _web(self) -> list[int]:
        return self._of_the_command("giftwell.config.asgi")

    def _pages(self) -> list[int]:
        return self._of_the_command("giftwell.config.behind")

    def _children(self, parents: list[int]) -> list[int]:
        return [one.pid for one in processes() if one.parent in parents]

    def _point_of_sale(self) -> list[int]:
        process = self.point_of_sale.process
        return [] if process is None else [process.pid, *self._children([process.pid])]

    def _backend(self) -> list[int]:
        """One backend that serves a client, a busy one first."""
        url = servers_of(self.platform).database_url(user="postgres")
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=5) as admin:
                rows = admin.execute(
                    "select pid from pg_stat_activity where backend_type = 'client backend'"
                    " and pid <> pg_backend_pid() and usename = 'giftwell_app'"
                    " order by state = 'active' desc, query_start desc limit 1"
                ).fetchall()
        except psycopg.OperationalError:
            return []
        return [pid for (pid,) in rows]


def kill(pids: list[int]) -> None:
    """kill -9."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def left_over(ports: list[int]) -> list[str]:
    """The processes that still serve at one of these ports."""
    return [one.command for one in processes() if any(f"--port {port} " in one.command for port in ports)]
