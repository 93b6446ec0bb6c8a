"""Folding the tail of transfers into the rollup: the balance of a busy account stays quick to tell."""

from django.db import connection

from giftwell.foundation.tenancy.transactions import transaction


def roll() -> int:
    """Fold what all ended transactions have added since the last time; how many transfers it was.

    Balances are exact with or without it. Safe to run twice at once: the second finds nothing left.
    """
    with transaction(), connection.cursor() as cursor:
        cursor.execute("select folded from ledger.roll()")
        (folded,) = cursor.fetchone()
    return int(folded)
