"""Letting go of holds whose time is over. Money never waits for it: locking an account does the same for
its holds.
"""

from datetime import datetime

from django.db import connection

from giftwell.foundation.tenancy.transactions import transaction


def lapse_holds(*, now: datetime, at_most: int = 500) -> int:
    """Let go of up to `at_most` holds that were over by `now`, the oldest first, each with its event; how
    many it was.

    Call it in the platform's scope, again while it answers `at_most`.
    """
    with transaction(), connection.cursor() as cursor:
        cursor.execute("select ledger.lapse_holds(%s, %s)", [now, at_most])
        (gone,) = cursor.fetchone()
    return int(gone)
