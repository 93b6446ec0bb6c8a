"""Things that go wrong between a client and the database, at a chosen statement of a call.

A statement is one that the driver sends, COMMIT counted with the others. The failure is real where it can be:
the server raises, the socket is shut, the backend is terminated; only the answer of a commit that is lost
afterwards is made up, since nobody can tell it from a true one.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

import psycopg
from django.db import connection


class Kind(StrEnum):
    """What happens at the statement."""

    ERROR = "P0001"
    DEADLOCK = "40P01"
    SERIALIZATION = "40001"
    LOCK_TIMEOUT = "55P03"
    CANCELLED = "57014"
    LOST_BEFORE = "lost before"
    LOST_AFTER = "lost after"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind at the n-th statement of a call, from 1; `at_commit` waits for the first COMMIT instead."""

    kind: Kind
    statement: int
    at_commit: bool = False


def some_fault(dice: Random) -> Fault:
    """Any fault, often at the commit, where it is hardest to live with."""
    return Fault(
        dice.choice(list(Kind)), dice.choice([1, 1, 2, 2, 3, 4, 6, 9]), at_commit=dice.random() < 0.35
    )


@dataclass(slots=True)
class Faults:
    """Stands between Django and its driver while a call runs; `commits` are those of transactions that may
    write.
    """

    admin: psycopg.Connection[Any]
    fault: Fault | None = None
    statements: int = 0
    commits: int = 0
    fired: bool = False
    _reads_only: bool = False

    @contextmanager
    def during(self, fault: Fault | None) -> Iterator["Faults"]:
        """Let the fault happen, once, if the block comes to its statement."""
        self.fault, self.statements, self.commits, self.fired = fault, 0, 0, False
        self._reads_only = False
        if fault is None:
            yield self
            return
        connection.ensure_connection()
        commit = connection._commit
        connection._commit = self._commit  # type: ignore[method-assign]
        try:
            with connection.execute_wrapper(self._execute):
                yield self
        finally:
            connection._commit = commit  # type: ignore[method-assign]

    def _execute(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        # Outside a transaction a statement is its own commit.
        ends = not connection.in_atomic_block
        self._reads_only = self._reads_only or sql == "set transaction read only"
        return self._boundary(lambda: execute(sql, params, many, context), ends=ends)

    def _commit(self) -> None:
        with connection.wrap_database_errors:
            self._boundary(connection.connection.commit, ends=True)

    def _count(self, *, ends: bool) -> None:
        self.commits += ends and not self._reads_only
        self._reads_only = self._reads_only and not ends

    def _boundary(self, statement: Callable[[], Any], *, ends: bool) -> Any:
        self.statements += 1
        if not self._is_due(ends=ends):
            answer = statement()
            self._count(ends=ends)
            return answer
        assert self.fault
        self.fired = True
        with connection.wrap_database_errors:
            if self.fault.kind not in {Kind.LOST_AFTER, Kind.KILLED_AFTER}:
                self._fail(connection.connection, self.fault.kind)
                return statement()  # over a line that is cut, or to a backend that is gone: it raises
            statement()
            self._count(ends=ends)
            self._fail(connection.connection, self.fault.kind)
            raise psycopg.OperationalError("the answer was lost")

    def _is_due(self, *, ends: bool) -> bool:
        if self.fault is None or self.fired:
            return False
        return ends if self.fault.at_commit else self.statements == self.fault.statement

    def _fail(self, raw: psycopg.Connection[Any], kind: Kind) -> None:
        match kind:
            case Kind.LOST_BEFORE | Kind.LOST_AFTER:
                with socket.socket(fileno=os.dup(raw.fileno())) as line, suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
            case Kind.KILLED_BEFORE | Kind.KILLED_AFTER:
                gone = self.admin.execute(
                    "select pg_terminate_backend(%s, 10000)", [raw.info.backend_pid]
                ).fetchone()
                assert gone == (True,)
            case _:
                raw.execute(f"do $$ begin raise exception 'injected' using errcode = '{kind}'; end $$")
