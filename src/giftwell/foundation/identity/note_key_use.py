"""Remember when keys were last used, roughly and in bulk: never in the request that used them on the hot
path.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.foundation.tenancy.transactions import transaction


def note_key_use(key_ids: Iterable[UUID], *, now: datetime) -> None:
    """Say that these keys were used at `now`.

    A key that was noted less than a minute before is left alone.
    """
    ids = sorted(set(key_ids))
    if not ids:
        return
    with transaction(), connection.cursor() as cursor:
        cursor.execute("select identity.note_key_use(%s::uuid[], %s)", [ids, now])
