"""End sessions of a person: those of one device, or all but the one that asks."""

from datetime import datetime
from uuid import UUID

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import SessionsEnded
from giftwell.foundation.identity.models import Device, Session, User
from giftwell.foundation.identity.session_keys import kept_key
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound


class DeviceIsUnknown(NotFound):
    """The person has no such device."""

    code = "device_is_unknown"
    detail = "There is no such device."


def end_sessions(*, user: User, keep: str | None = None, actor: Actor, now: datetime) -> int:
    """End all sessions of `user` at their next request, except the one whose key is `keep`; how many."""
    with transaction():
        ended, _ = Session.objects.filter(user=user).exclude(session_key=kept_key(keep or "")).delete()
        if ended:
            record(SessionsEnded(merchant_id=None, subject=user.public_id), actor=actor, at=now)
    return ended


def forget_sessions(*, now: datetime) -> int:
    """Remove the rows of sessions whose time is over; how many. Nobody is signed out by it."""
    with transaction():
        gone, _ = Session.objects.filter(expire_date__lte=now).delete()
    return gone


def forget_device(*, user: User, device_id: UUID, actor: Actor, now: datetime) -> None:
    """End a device's sessions and forget it: signing in with it again is news. Raises `DeviceIsUnknown`."""
    with transaction():
        device = Device.objects.filter(user=user, id=device_id).first()
        if device is None:
            raise DeviceIsUnknown
        device.delete()
        record(SessionsEnded(merchant_id=None, subject=user.public_id), actor=actor, at=now)
