"""Open the doors of an account again: its owner got in, or an admin knows them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import TriesCleared
from giftwell.foundation.identity.models import Tries, User
from giftwell.foundation.identity.take_try import door_of
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def give_tries_back(*, email: str, devices: Iterable[bytes] = (), now: datetime) -> None:
    """Forget the failures of this address, with no device and with these: their owner has shown who they
    are.
    """
    doors = [door_of(email), *(door_of(email, device) for device in devices)]
    with transaction(), connection.cursor() as cursor:
        cursor.execute("select identity.give_tries_back(%s, %s)", [doors, now])


def clear_tries(*, user: User, actor: Actor, now: datetime) -> None:
    """Let this person try again at once, because `actor` says so. Safe to repeat."""
    with transaction():
        if waits_until(user, now=now) is None:
            return
        give_tries_back(email=user.email, now=now)
        record(TriesCleared(merchant_id=None, subject=user.public_id), actor=actor, at=now)


def waits_until(user: User, *, now: datetime) -> datetime | None:
    """Until when nothing is judged at this person's door from an unknown device, or None."""
    found = Tries.objects.filter(key=door_of(user.email), open_at__gt=now).first()
    return found.open_at if found else None
