"""Shut a person out, and let them in again. What they did stays theirs."""

from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.end_sessions import end_sessions
from giftwell.foundation.identity.events import PersonDeactivated, PersonReactivated
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class NotOneself(Refused):
    """An admin who shut themselves out could not undo it."""

    code = "not_oneself"
    detail = "You cannot deactivate yourself. Ask another admin."


def deactivate_person(*, user: User, reason: str, actor: Actor, now: datetime) -> None:
    """Shut `user` out from their next request on, for `reason`, which the audit keeps.

    Safe to repeat. Raises `NotOneself`.
    """
    if actor == Actor.person(user.pk):
        raise NotOneself
    with transaction():
        if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            event = PersonDeactivated(merchant_id=None, subject=user.public_id, reason=reason)
            record(event, actor=actor, at=now)
            end_sessions(user=user, actor=actor, now=now)
    user.is_active = False


def reactivate_person(*, user: User, actor: Actor, now: datetime) -> None:
    """Let `user` sign in again. Safe to repeat."""
    with transaction():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            record(PersonReactivated(merchant_id=None, subject=user.public_id), actor=actor, at=now)
    user.is_active = True
