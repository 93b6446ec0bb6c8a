"""The only two ways to open a transaction: `transaction()` for verbs, `reading()` for everything else.

Both carry the scope in force to the database, which is why nobody opens one by Django's `atomic` directly.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.transaction import atomic

from giftwell.foundation.tenancy import scope


@contextmanager
def transaction(*, durable: bool = False) -> Iterator[None]:
    """Everything inside commits together or not at all, within the scope in force.

    `durable` refuses to run inside another transaction: for the steps of what also speaks to a network.
    """
    with atomic(durable=durable):
        scope.write()
        yield


@contextmanager
def reading() -> Iterator[None]:
    """A short read-only transaction: one snapshot's worth of reads within the scope in force.

    Inside an open transaction it only makes sure that the scope is written: what may write there still may.
    """
    if connection.in_atomic_block:
        scope.write()
        yield
        return
    with atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction read only")
        scope.write()
        yield
