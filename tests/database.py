"""The tests' database: one embedded PostgreSQL a run, migrated once, cloned for each worker and each test
that commits.

Tests connect as the runtime role, so that policies and grants bind them as they bind production.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connections
from psycopg import sql

from giftwell.config import embedded
from giftwell.config.migrate import migrate

TEMPLATE = "giftwell_template"
_HANDED_DOWN = "GIFTWELL_TESTS_DATA_DIR"


class Server:
    """The embedded server of this test run; xdist's workers use the one their controller started."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def start(self) -> None:
        """Start and migrate, unless a controller did."""
        if _HANDED_DOWN in os.environ:
            return
        data_dir = Path(tempfile.mkdtemp(prefix="giftwell-tests-"))
        data_dir.chmod(0o755)
        self._stack.callback(shutil.rmtree, data_dir, ignore_errors=True)
        self._stack.enter_context(embedded.started(data_dir, durable=False))
        os.environ[_HANDED_DOWN] = str(data_dir)
        self._stack.callback(os.environ.pop, _HANDED_DOWN, None)
        with self.administrator() as admin:
            admin.execute(sql.SQL("create database {}").format(sql.Identifier(TEMPLATE)))
        migrate(self.servers.database_url(user="postgres", name=TEMPLATE))

    def stop(self) -> None:
        """Stop what this process started."""
        self._stack.close()

    @property
    def servers(self) -> embedded.Servers:
        """Where the servers are reached."""
        data_dir = Path(os.environ[_HANDED_DOWN])
        return embedded.Servers(socket_dir=embedded.socket_dir_of(data_dir), has_cache=True)

    @contextmanager
    def administrator(self, name: str = "postgres") -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """A superuser's connection, for what no test subject may do."""
        url = self.servers.database_url(user="postgres", name=name)
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection

    def clone(self, name: str) -> None:
        """Make a database as new as the template."""
        with self.administrator() as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            admin.execute(
                sql.SQL("create database {} template {} strategy file_copy").format(
                    sql.Identifier(name), sql.Identifier(TEMPLATE)
                )
            )

    def drop(self, name: str) -> None:
        """Remove a database, with whoever is still connected."""
        with self.administrator() as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@dataclass(frozen=True, slots=True)
class OwnDatabase:
    """A database that one test has to itself: addresses for the runtime role and for an administrator."""

    name: str
    url: str
    admin_url: str


@contextmanager
def connected_to(server: Server, name: str) -> Iterator[OwnDatabase]:
    """Point Django, in every thread, at this database while the block runs."""
    settings_dict = connections.databases["default"]
    before = dict(settings_dict)
    connections["default"].close()
    settings_dict.update(
        NAME=name, USER="giftwell_app", PASSWORD="", HOST=str(server.servers.socket_dir), PORT="",
        OPTIONS={"options": "-c idle_in_transaction_session_timeout=60000 -c lock_timeout=30000"},
    )  # fmt: skip
    del connections["default"]
    try:
        yield OwnDatabase(
            name=name,
            url=server.servers.database_url(name=name),
            admin_url=server.servers.database_url(user="postgres", name=name),
        )
    finally:
        connections["default"].close()
        settings_dict.clear()
        settings_dict.update(before)
        del connections["default"]
