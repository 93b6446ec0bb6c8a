"""Ten codes for the day the phone is lost: made together, shown once, kept as keyed hashes."""

import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import BackupCodesMade
from giftwell.foundation.identity.models import BackupCode, User
from giftwell.foundation.identity.second_factor import has_second_factor
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.crypto import keyed_hash
from giftwell.kit.errors import Refused

COUNT = 10
# Without letters and digits that look alike on paper: 10 signs of 31 are 49 bits.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 10


class NothingToBackUp(Refused):
    """Backup codes stand in for a second factor, and there is none."""

    code = "nothing_to_back_up"
    detail = "Set up an authenticator app or a passkey first."


def make_backup_codes(*, user: User, now: datetime) -> list[str]:
    """Ten fresh codes, to be shown this once; the ones before do not work any more.

    Raises `NothingToBackUp`.
    """
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(COUNT)]
    with transaction():
        # Two requests at once must not leave twenty; the person's row is the queue.
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        if not has_second_factor(user):
            raise NothingToBackUp
        BackupCode.objects.filter(user=user).delete()
        BackupCode.objects.bulk_create(
            BackupCode(user=user, code_hash=hash_of_code(user.pk, code), made_at=now) for code in codes
        )
        event = BackupCodesMade(merchant_id=None, subject=user.public_id)
        record(event, actor=Actor.person(user.id), at=now)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def backup_codes_left(user: User) -> int:
    """How many of the codes have not been used."""
    return BackupCode.objects.filter(user=user, used_at__isnull=True).count()


def hash_of_code(user_id: UUID, code: str) -> bytes:
    """What is kept of a code; another person's same code has another hash."""
    return keyed_hash(settings.LOOKUP_KEYS["token"], b"backup", user_id.bytes, plain(code).encode())


def plain(code: str) -> str:
    """The code without what people add to read it."""
    return "".join(sign for sign in code.lower() if sign.isalnum())
