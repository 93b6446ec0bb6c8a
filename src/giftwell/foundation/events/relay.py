"""Hand events on in commit order, at least once, to whoever reacts to them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import Q

from giftwell.foundation.events.models import Event, Follower
from giftwell.foundation.events.queries import Position, events_after
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction


def relay(
    follower: str, hand_on: Callable[[Sequence[Event]], None], *, now: datetime, limit: int = 500
) -> int:
    """Give `hand_on` the next events of this follower and move its position; return how many there were.

    Both in one transaction: what `hand_on` writes and the new position commit together, so no event is
    lost, and one is handed on twice only where `hand_on` does more than write. Where another process
    relays for the same follower just now, nothing is done and the answer is 0.
    """
    if not _has_next(follower):
        return 0
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


def is_behind(follower: str) -> bool:
    """Return whether an event waits for this follower, even one that cannot be handed on yet."""
    with scope.platform(), reading():
        place = Follower.objects.filter(name=follower).first() or Follower(name=follower)
        later = Q(xid__gt=place.xid) | Q(xid=place.xid, id__gt=place.event_id)
        return Event.objects.filter(later).exists()


def _has_next(follower: str) -> bool:
    """Look before locking: a lock takes a transaction id, and the relay looks five times a second."""
    with scope.platform(), reading():
        place = Follower.objects.filter(name=follower).first()
        return place is None or bool(events_after(Position(place.xid, place.event_id), limit=1))


def _introduce(follower: str) -> None:
    # Also reached when another process holds the row: then the insert finds it there and does nothing.
    Follower.objects.bulk_create([Follower(name=follower)], ignore_conflicts=True)
