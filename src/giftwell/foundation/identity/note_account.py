"""Write down what a person did with their own account, which other code than ours has carried out."""

from datetime import datetime

from giftwell.foundation.events.event import DomainEvent
from giftwell.foundation.events.record import record
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def note_account(happened: type[DomainEvent], *, user: User, now: datetime) -> None:
    """Record that `user` did this: signed in or out, verified the address, changed or reset the password."""
    with transaction():
        event = happened(merchant_id=None, subject=user.public_id)
        record(event, actor=Actor.person(user.id), at=now)
