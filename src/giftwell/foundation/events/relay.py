"""Hand events on in commit order, at least once, to whoever reacts to them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from giftwell.foundation.events.models import Event, Follower
from giftwell.foundation.events.queries import Position, events_after
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction


def relay(
    follower: str, hand_on: Callable[[Sequence[Event]], None], *, now: datetime, limit: int = 500
) -> int:
    """Give `hand_on` the next events of this follower and move its position; return how many there were.

    Both in one transaction: what `hand_on` writes and the new position commit together, so no event is
    lost, and one is handed on twice only where `hand_on` does more than write. Where another process
    relays for the same follower just now, nothing is done and the answer is 0.
    """
    with scope.platform(), transaction(durable=True):
        place = Follower.objects.select_for_update(skip_locked=True).filter(name=follower).first()
        if place is None:
            _introduce(follower)
            return 0
        events = events_after(Position(place.xid, place.event_id), limit=limit)
        if not events:
            return 0
        hand_on(events)
        place.xid, place.event_id, place.moved_at = events[-1].xid, events[-1].id, now
        place.save(update_fields=["xid", "event_id", "moved_at"])
        return len(events)


def _introduce(follower: str) -> None:
    # Also reached when another process holds the row: then the insert finds it there and does nothing.
    Follower.objects.bulk_create([Follower(name=follower)], ignore_conflicts=True)
