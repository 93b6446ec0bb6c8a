"""Begin to change a person's address: a link to the one they have and a link to the one they want."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import NewAddressAsked
from giftwell.foundation.identity.models import AddressChange, User
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.crypto import keyed_hash, new_token
from giftwell.kit.errors import Invalid


class AddressIsTheSame(Invalid):
    """The new address is the one they have."""

    code = "address_is_the_same"
    detail = "This is your address already."


@dataclass(frozen=True, slots=True)
class Ends:
    """The token for each end; without one for the new end, that address is somebody else's already."""

    old: str
    new: str | None


def ask_for_new_address(*, user: User, email: str, now: datetime) -> Ends:
    """Write the wish down and give back the tokens to be mailed; a wish before this one is dropped.

    Nothing changes until both links are followed, within a day. An address that is taken looks the same to
    whoever asks: the caller writes to its owner instead. Raises `AddressIsTheSame`.
    """
    email = email.strip().lower()
    if email == user.email:
        raise AddressIsTheSame(errors={"email": AddressIsTheSame.detail})
    old, new = new_token(), new_token()
    with transaction():
        is_taken = User.objects.filter(email=email).exists()
        wish = {"new_email": email, "old_end_hash": hash_of_end(old), "new_end_hash": hash_of_end(new)}
        AddressChange.objects.update_or_create(
            user=user, defaults={**wish, "old_end_at": None, "new_end_at": None, "asked_at": now}
        )
        event = NewAddressAsked(merchant_id=None, subject=user.public_id)
        record(event, actor=Actor.person(user.id), at=now)
    return Ends(old=old, new=None if is_taken else new)


def hash_of_end(token: str) -> bytes:
    """What is kept of a link's token."""
    return keyed_hash(settings.LOOKUP_KEYS["token"], b"address", token.encode())
