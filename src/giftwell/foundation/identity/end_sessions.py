"""End sessions and tokens of a person: those of one device, or all but the session that asks."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import SessionsEnded
from giftwell.foundation.identity.models import Device, Session, TokenFamily, User
from giftwell.foundation.identity.session_keys import kept_key
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound


class DeviceIsUnknown(NotFound):
    """The person has no such device."""

    code = "device_is_unknown"
    detail = "There is no such device."


def end_sessions(*, user: User, keep: str | None = None, actor: Actor, now: datetime) -> int:
    """End all sessions and tokens of `user` at their next request, except the session whose key is `keep`;
    how many.
    """
    with transaction():
        ended, _ = Session.objects.filter(user=user).exclude(session_key=kept_key(keep or "")).delete()
        families, _ = TokenFamily.objects.filter(user=user).delete()
        ended += families
        if ended:
            record(SessionsEnded(merchant_id=None, subject=user.public_id), actor=actor, at=now)
    return ended


def forget_sessions(*, now: datetime) -> int:
    """Remove the rows of sessions and tokens whose time is over; how many. Nobody is signed out by it."""
    longest = timedelta(minutes=max(whole for _, whole in settings.SESSION_LIMITS.values()))
    with transaction():
        gone, _ = Session.objects.filter(expire_date__lte=now).delete()
        families, _ = TokenFamily.objects.filter(began_at__lte=now - longest).delete()
    return gone + families


def forget_device(*, user: User, device_id: UUID, actor: Actor, now: datetime) -> None:
    """End a device's sessions and tokens and forget it: signing in with it again is news.

    Raises `DeviceIsUnknown`.
    """
    with transaction():
        device = Device.objects.filter(user=user, id=device_id).first()
        if device is None:
            raise DeviceIsUnknown
        device.delete()
        record(SessionsEnded(merchant_id=None, subject=user.public_id), actor=actor, at=now)
