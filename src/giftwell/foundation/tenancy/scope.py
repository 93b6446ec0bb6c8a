"""On whose behalf the running code reads and writes: a merchant, a person, the public, or the platform.

A scope is a context value. It reaches the database only inside a transaction, as a setting that ends with it,
so that a pooled connection never carries one caller's scope to the next. Without a scope, policies show no
row at all.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Scope:
    """One caller's reach: kind is "", "merchant", "person", "public" or "platform"; ids are empty where not
    meant.
    """

    kind: str = ""
    merchant_id: UUID | None = None
    person_id: UUID | None = None


NOBODY = Scope()
_current: ContextVar[Scope] = ContextVar("scope", default=NOBODY)

_WRITE = """select set_config('app.scope', %s, true), set_config('app.merchant', %s, true),
                   set_config('app.person', %s, true)"""


def current() -> Scope:
    """The scope in force here."""
    return _current.get()


def write() -> None:
    """Carry the scope in force into the open transaction; the settings end with it."""
    here = current()
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [here.kind, str(here.merchant_id or ""), str(here.person_id or "")])


@contextmanager
def _entered(scope: Scope) -> Iterator[Scope]:
    token = _current.set(scope)
    try:
        _rewrite()
        yield scope
    finally:
        _current.reset(token)
        _rewrite()


def _rewrite() -> None:
    # A transaction that failed takes no more statements, and its settings end with it anyway.
    if connection.in_atomic_block and not connection.needs_rollback:
        write()


def merchant(merchant_id: UUID) -> AbstractContextManager[Scope]:
    """Read and write as this merchant: its rows, and no other's."""
    return _entered(Scope(kind="merchant", merchant_id=merchant_id))


def person(person_id: UUID) -> AbstractContextManager[Scope]:
    """Read what belongs to this person across merchants: own memberships, orders and cards. Writes are
    refused.
    """
    return _entered(Scope(kind="person", person_id=person_id))


def public() -> AbstractContextManager[Scope]:
    """Read what is published for everyone: active merchants, their products and designs."""
    return _entered(Scope(kind="public"))


def platform() -> AbstractContextManager[Scope]:
    """Read and write across all merchants: the backoffice and sweeping jobs only."""
    return _entered(Scope(kind="platform"))
