"""Count the requests of a key that has a limit, once for all processes."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.foundation.tenancy.transactions import transaction


def count_key_use(key_id: UUID, *, limit: int, now: datetime) -> int:
    """How many more requests the key has in this minute after this one; -1 where this one is too many."""
    with transaction(), connection.cursor() as cursor:
        cursor.execute("select identity.count_key_use(%s, %s, %s)", [key_id, limit, now])
        return int(cursor.fetchone()[0])
