"""Remember the browser somebody signed in with."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import DeviceSeen
from giftwell.foundation.identity.models import Device, User
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.crypto import keyed_hash, new_token


@dataclass(frozen=True, slots=True)
class Seen:
    """The device, the token for its cookie, and whether its person should be told of it."""

    device: Device
    token: str
    is_news: bool


def note_device(*, user: User, token: str, browser: str, network: str, now: datetime) -> Seen:
    """Know the device by its cookie's `token`, or give it a fresh one.

    A new device is news to somebody who has others; the first one of all is not.
    """
    with transaction():
        known = find_device(user.pk, token)
        if known is not None:
            known.browser, known.network, known.last_seen_at = browser[:80], network[:64], now
            known.save(update_fields=["browser", "network", "last_seen_at"])
            return Seen(known, token, is_news=False)
        has_others = Device.objects.filter(user=user).exists()
        # Another person of this browser keeps their cookie: the token is the browser's, the rows are theirs.
        token = token if Device.objects.filter(token_hash=hash_of_device(token)).exists() else new_token()
        device = Device.objects.create(
            user=user,
            token_hash=hash_of_device(token),
            browser=browser[:80],
            network=network[:64],
            first_seen_at=now,
            last_seen_at=now,
        )
        event = DeviceSeen(merchant_id=None, subject=user.public_id, device=device.public_id)
        record(event, actor=Actor.person(user.id), at=now)
    return Seen(device, token, is_news=has_others)


def find_device(user_id: UUID, token: str) -> Device | None:
    """The device of this person that has this cookie."""
    if not token:
        return None
    return Device.objects.filter(user_id=user_id, token_hash=hash_of_device(token)).first()


def known_device(*, email: str, token: str) -> bytes | None:
    """The hash of a device that the person of this address has signed in with, if this is one."""
    if not token:
        return None
    door = hash_of_device(token)
    is_theirs = Device.objects.filter(user__email=email.strip().lower(), token_hash=door).exists()
    return door if is_theirs else None


def hash_of_device(token: str) -> bytes:
    """What is kept of a device's cookie."""
    return keyed_hash(settings.LOOKUP_KEYS["token"], b"device", token.encode())
