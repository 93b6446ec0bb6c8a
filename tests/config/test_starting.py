"""A start that cannot succeed says which thing and what to do, exits non-zero, and leaves nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from giftwell.config import embedded
from giftwell.config.database import UnfitDatabase, _refuse
from giftwell.config.environment import BadEnvironment, Environment, environment
from giftwell.config.migrate import CannotMigrate, migrate
from giftwell.config.processes import PortTaken, refuse_taken_port
from giftwell.config.secrets import keyring, load, lookup_key
from tests.database import Server
from tests.running import free_port

_NOT_OURS = ("DATABASE_URL", "DATABASE_ADMIN_URL", "CACHE_URL", "BASE_URL", "PORT", "DATA_DIR")


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="giftwell-start-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _giftwell(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    return subprocess.run(
        [sys.executable, "-m", "giftwell.config.cli", *words],
        env={**clean, **variables}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def _orphans(place: Path) -> list[str]:
    mark = str(embedded.socket_dir_of(place))
    return [
        " ".join(process.info["cmdline"] or [])
        for process in psutil.process_iter(["cmdline"])
        if mark in " ".join(process.info["cmdline"] or [])
    ]


def _assert_one_clear_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_a_taken_port_is_named_with_another_to_take(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _giftwell("run", PORT=str(port), DATA_DIR=str(place))
    _assert_one_clear_line(done, f"Port {port}", "PORT=")
    assert not list(place.iterdir())
    assert not _orphans(place)


def test_a_folder_that_cannot_be_written_is_named(place: Path) -> None:
    wall = place / "wall"
    wall.write_text("a file where a folder should be")
    done = _giftwell("run", PORT=str(free_port()), DATA_DIR=str(wall / "data"))
    _assert_one_clear_line(done, str(wall / "data"), "DATA_DIR=")
    assert not _orphans(wall / "data")


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"CACHE_URL": "memcached://x"}, "CACHE_URL"),
        ({"BASE_URL": "gifts.example"}, "BASE_URL"),
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/y", "SECRET_KEY": "x"}, "MASTER_KEYS"),
    ],
)
def test_a_bad_variable_is_named(place: Path, variables: dict[str, str], name: str) -> None:
    done = _giftwell("run", **{"DATA_DIR": str(place), "PORT": str(free_port()), **variables})
    _assert_one_clear_line(done, f"{name}:" if name != "MASTER_KEYS" else name)


def test_a_database_that_is_away_is_named(place: Path) -> None:
    secrets = {"SECRET_KEY": "x" * 50, "MASTER_KEYS": f"k1:{'ab' * 32}", "LOOKUP_KEY": "cd" * 32}
    url = f"postgresql://giftwell_app@127.0.0.1:{free_port()}/giftwell"
    for command in (("web",), ("pos",), ("worker",), ("verify",)):
        done = _giftwell(*command, DATABASE_URL=url, DATA_DIR=str(place), PORT=str(free_port()), **secrets)
        _assert_one_clear_line(done, "cannot be reached")


def test_a_server_process_without_an_address_says_so(place: Path) -> None:
    _assert_one_clear_line(_giftwell("web", DATA_DIR=str(place)), "DATABASE_URL", "giftwell run")


def test_a_role_that_policies_do_not_bind_is_refused(server: Server, own_database: object) -> None:
    url = own_database.admin_url  # type: ignore[attr-defined]
    with psycopg.connect(url) as connection, pytest.raises(UnfitDatabase, match="giftwell_app"):
        _refuse(connection)


def test_a_database_without_tables_is_refused(server: Server) -> None:
    with server.administrator() as admin:
        admin.execute("drop database if exists giftwell_empty with (force)")
        admin.execute("create database giftwell_empty")
    url = server.servers.database_url(name="giftwell_empty")
    with psycopg.connect(url) as connection, pytest.raises(UnfitDatabase, match="giftwell migrate"):
        _refuse(connection)
    server.drop("giftwell_empty")


def test_a_server_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch, own_database: object) -> None:
    monkeypatch.setattr(psycopg.ConnectionInfo, "server_version", property(lambda _: 170_004))
    with pytest.raises(CannotMigrate, match="PostgreSQL 17"):
        migrate(own_database.admin_url)  # type: ignore[attr-defined]
    with psycopg.connect(own_database.url) as connection, pytest.raises(UnfitDatabase, match="PostgreSQL 17"):  # type: ignore[attr-defined]
        _refuse(connection)


def test_an_administrator_without_the_right_is_told(own_database: object) -> None:
    with pytest.raises(CannotMigrate, match="may not do this"):
        migrate(own_database.url)  # type: ignore[attr-defined]


def test_migrating_again_changes_nothing(own_database: object) -> None:
    migrate(own_database.admin_url)  # type: ignore[attr-defined]
    with psycopg.connect(own_database.url) as connection:  # type: ignore[attr-defined]
        _refuse(connection)


def test_a_free_port_is_accepted_and_a_taken_one_is_not() -> None:
    refuse_taken_port("127.0.0.1", free_port())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTaken, match="another port"):
            refuse_taken_port("127.0.0.1", taken.getsockname()[1])


def test_secrets_are_made_once_and_read_by_their_owner_only(place: Path) -> None:
    here = Environment(data_dir=place)
    first, again = load(here), load(here)
    assert first == again
    assert (place / "secrets.json").stat().st_mode & 0o077 == 0
    assert keyring(first, "card_codes").primary == "k1"
    assert keyring(first, "card_codes").primary_key != keyring(first, "messages").primary_key
    assert lookup_key(first, "code") != lookup_key(first, "token")


@pytest.mark.parametrize("keys", ["k1:zz", "k1:abcd", "k1"])
def test_a_short_or_odd_key_is_refused(place: Path, keys: str) -> None:
    here = Environment(data_dir=place, master_keys=keys)
    with pytest.raises(BadEnvironment, match="MASTER_KEYS"):
        keyring(load(here), "card_codes")


def test_servers_need_secrets_of_their_own(place: Path) -> None:
    with pytest.raises(BadEnvironment, match="SECRET_KEY, MASTER_KEYS, LOOKUP_KEY"):
        load(Environment(data_dir=place, database_url="postgresql://db.example/giftwell"))


def test_variables_are_read_once() -> None:
    assert environment() is environment()


def test_the_whole_platform_ends_when_its_command_is_killed(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(place)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"up"
        assert _orphans(place)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    deadline = time.monotonic() + 15
    while _orphans(place) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _orphans(place)


_HOLD = """
import sys, time, pathlib
from giftwell.config import embedded
with embedded.started(pathlib.Path(sys.argv[1])):
    print("up", flush=True)
    time.sleep(60)
"""
