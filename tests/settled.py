"""Waiting until what was committed lies behind the horizon. For tests with `own_database`."""

import time

from django.db import connection

from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction

_SECONDS = 100


def wait_for_horizon() -> None:
    """Return when every transaction that began before this call has ended.

    Folding, sealing and the relay read behind the oldest transaction still open in the whole server, and
    beside this test others have theirs open, in databases of their own.
    """
    with scope.platform():
        with transaction(), connection.cursor() as cursor:
            cursor.execute("select pg_current_xact_id()::text::bigint")
            (mine,) = cursor.fetchone()
        for _ in range(_SECONDS * 20):
            with reading(), connection.cursor() as cursor:
                cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint > %s", [mine])
                if cursor.fetchone() == (True,):
                    return
            time.sleep(0.05)
    raise TimeoutError("another test keeps its transaction open")
