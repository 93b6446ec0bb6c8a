"""Reading events: the timeline of a subject, and everything after a position in commit order."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from giftwell.foundation.events.models import Event

# A row of a transaction that is still open would appear later *before* rows already read. So nobody reads
# past the oldest open transaction: behind it the order by (xid, id) is final.
_AFTER = """
select * from events_event
where (xid, id) > (%(xid)s, %(event)s)
  and xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
order by xid, id
limit %(limit)s
"""

_WALK = "select set_config('enable_seqscan', %s, true), set_config('enable_bitmapscan', %s, true)"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the one order of all events: behind the event it names."""

    xid: int
    event_id: UUID


def events_after(position: Position, *, limit: int) -> Sequence[Event]:
    """Return up to `limit` events behind the position, in commit order, none of which can be preceded any
    more.

    What the scope in force may not see is left out, so followers of everything read in the platform's.
    """
    with connection.cursor() as cursor:
        # Before its statistics are fresh the planner believes a long tail to be short, and sorts all of
        # it each time.
        cursor.execute(_WALK, ["off", "off"])
        found = list(
            Event.objects.raw(_AFTER, {"xid": position.xid, "event": position.event_id, "limit": limit})
        )
        cursor.execute(_WALK, ["on", "on"])
    return found


def timeline(*, merchant_id: UUID, subject: str) -> QuerySet[Event]:
    """Return what happened to one subject, oldest first."""
    return Event.objects.filter(merchant_id=merchant_id, subject=subject).order_by("at", "id")
