"""Make a person's account, with the e-mail address that allauth asks about at sign-in."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import PersonCreated
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class AddressIsTaken(Refused):
    """A person with this e-mail address exists.

    Never shown to strangers: it would tell who has an account.
    """

    code = "address_is_taken"
    detail = "A person with this e-mail address exists already."


def create_person(
    *, email: str, name: str, password: str | None, verified: bool, actor: Actor | None = None, now: datetime
) -> User:
    """Create a person who signs in by e-mail address and password; without a password nobody can, until a
    reset.

    `verified` is true only where the address is known to be theirs: a command on the server, demo data. An
    unverified person has to follow the link in a mail before the first sign-in. `actor` is the person
    themselves when left out. Raises `AddressIsTaken`.
    """
    address = email.strip().lower()
    user = User(email=address, name=name.strip(), created_at=now)
    user.set_password(password)
    try:
        with transaction():
            user.save(force_insert=True)
            EmailAddress.objects.create(user=user, email=address, primary=True, verified=verified)
            event = PersonCreated(merchant_id=None, subject=user.public_id)
            record(event, actor=actor or Actor.person(user.id), at=now)
    except IntegrityError as error:
        # The address is the only thing here that can be taken, and only the database knows it without a race.
        raise AddressIsTaken from error
    return user
