"""The one mutex of a card: its account row.

Whatever changes what a card may do (freeze, close, expire) takes it before the card's own row, and reads
status and holds in a later statement, whose snapshot is younger than the lock.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection


def lock(account_ids: Iterable[int], *, now: datetime | None = None) -> None:
    """Lock the guarded accounts in id order until the transaction ends; with `now`, let their overdue holds
    go.

    Lock all the accounts that a transaction will touch in one call: two calls in two orders can wait for
    each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("select ledger.lock(%s::bigint[], %s)", [list(account_ids), now])
