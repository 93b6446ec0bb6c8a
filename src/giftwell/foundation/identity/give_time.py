"""Give a person until a day of their own to set up a second factor."""

from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import SecondFactorPostponed
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def give_time(*, user: User, until: datetime, actor: Actor, now: datetime) -> None:
    """Ask `user` for a second factor from `until` on, whatever their role and however old the account."""
    with transaction():
        user.second_factor_due_at = until
        user.save(update_fields=["second_factor_due_at"])
        event = SecondFactorPostponed(merchant_id=None, subject=user.public_id)
        record(event, actor=actor, at=now)
