"""Take a try at getting in, before a password or a code is judged.

One counter for all there is to guess about an account: password, one-time code and backup code, on every way
in. After five failures the next try waits, 1, 2, 4, 8 and then 15 minutes; what comes before its time is not
judged, and is answered as a wrong password is. A person's own device has a counter of its own, so that a
stranger cannot keep them out of it; a link in a mail opens the door as well.
"""

from datetime import datetime

from django.conf import settings
from django.db import connection

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import SignInsFlooded
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.crypto import keyed_hash


def take_try(*, email: str, device: bytes | None = None, now: datetime) -> bool:
    """Whether a password or code for this address may be judged now; it counts as wrong until given back.

    `device` is the hash of a device this person has signed in with before, if it is one. More tries than ten
    times what is usual, over all accounts, close the doors to unknown devices and record `SignInsFlooded`.
    """
    with transaction(), connection.cursor() as cursor:
        cursor.execute(
            "select identity.take_try(%s, %s, %s, %s)",
            [door_of(email, device), now, device is not None, settings.SIGN_IN_FLOOD_FLOOR],
        )
        (answer,) = cursor.fetchone()
        if answer == "flood":
            event = SignInsFlooded(merchant_id=None, subject="sign_in")
            record(event, actor=Actor.system("sign-in"), at=now)
    return str(answer) == "open"


def door_of(email: str, device: bytes | None = None) -> bytes:
    """The key that tries are counted under; nobody reads an address out of it."""
    return keyed_hash(settings.LOOKUP_KEYS["token"], b"tries", email.strip().lower().encode(), device or b"")
