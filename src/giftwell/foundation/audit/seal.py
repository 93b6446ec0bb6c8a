"""Closing what the audit says into blocks, each under a Merkle root that is chained to the block before."""

from datetime import datetime

from django.db import connection

from giftwell.foundation.tenancy.transactions import transaction

# Transaction ids looked at in one go.
_WIDTH = 20_000


def seal_audit(*, now: datetime) -> int:
    """Seal the rows of all transactions that ended since the last time; how many rows it was.

    Each go is a transaction of its own: killed in the middle, it has sealed up to there. Safe to run twice at
    once: the second waits, and goes on behind the first.
    """
    sealed, width, left_over = 0, _WIDTH, 1
    while left_over:
        with transaction(), connection.cursor() as cursor:
            cursor.execute("set local statement_timeout = 0")
            cursor.execute("select sealed, left_over from audit.seal(%s, %s)", [width, now])
            found, left_over = cursor.fetchone()
        sealed += found
        # Long stretches hold no row at all: after a restore, or where something else writes much.
        width = _WIDTH if found else 2 * width
    return sealed
