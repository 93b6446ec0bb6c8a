"""Take all second factors off a person who lost them: one admin asks, another one does it."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.end_sessions import end_sessions
from giftwell.foundation.identity.events import SecondFactorReset as SecondFactorWasReset
from giftwell.foundation.identity.events import SecondFactorResetAsked, SecondFactorResetDropped
from giftwell.foundation.identity.models import BackupCode, SecondFactorReset, User
from giftwell.foundation.identity.second_factor import has_second_factor
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid, NotFound, Refused


class ReasonIsMissing(Invalid):
    """Without a reason nobody could judge the reset afterwards."""

    code = "reason_is_missing"
    detail = "Say how you know that it is this person, in at most 200 characters."


class NothingToReset(Refused):
    """The person has no second factor, or a reset waits for another admin already."""

    code = "nothing_to_reset"
    detail = "There is no second factor to take off, or a reset waits already."


class ResetIsUnknown(NotFound):
    """No reset waits for this person."""

    code = "reset_is_unknown"
    detail = "No reset waits for this person."


class NeedsAnotherAdmin(Refused):
    """Two different people have to agree, and neither may be the one whose factor it is."""

    code = "needs_another_admin"
    detail = "Another admin has to do this: neither who asked for it nor whose second factor it is."


def ask_for_reset(*, user: User, reason: str, admin: User, now: datetime) -> SecondFactorReset:
    """Ask for it; nothing changes yet. Raises `ReasonIsMissing`, `NeedsAnotherAdmin`, `NothingToReset`."""
    reason = reason.strip()
    if not reason or len(reason) > 200 or not reason.isprintable():
        raise ReasonIsMissing(errors={"reason": ReasonIsMissing.detail})
    if admin.pk == user.pk:
        raise NeedsAnotherAdmin
    with transaction():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        is_waiting = SecondFactorReset.objects.filter(user=user, done_at__isnull=True).exists()
        if is_waiting or not has_second_factor(user):
            raise NothingToReset
        reset = SecondFactorReset.objects.create(user=user, reason=reason, asked_by=admin, asked_at=now)
        event = SecondFactorResetAsked(merchant_id=None, subject=user.public_id, reason=reason)
        record(event, actor=Actor.person(admin.pk), at=now)
    return reset


def do_reset(*, user: User, admin: User, now: datetime) -> None:
    """Take off apps, passkeys and backup codes, and end all sessions.

    Raises `ResetIsUnknown`, `NeedsAnotherAdmin`.
    """
    with transaction():
        waiting = SecondFactorReset.objects.filter(user=user, done_at__isnull=True)
        reset = waiting.select_for_update(of=("self",)).first()
        if reset is None:
            raise ResetIsUnknown
        if admin.pk in {reset.asked_by_id, reset.user_id}:
            raise NeedsAnotherAdmin
        reset.done_by, reset.done_at = admin, now
        reset.save(update_fields=["done_by", "done_at"])
        Authenticator.objects.filter(user_id=user.pk).delete()
        BackupCode.objects.filter(user=user).delete()
        # Whoever has the lost phone may be signed in with it.
        end_sessions(user=user, actor=Actor.person(admin.pk), now=now)
        event = SecondFactorWasReset(merchant_id=None, subject=user.public_id)
        record(event, actor=Actor.person(admin.pk), at=now)


def drop_reset(*, user: User, admin: User, now: datetime) -> None:
    """Decide against a reset that waits; whoever asked for it may do this too. Raises `ResetIsUnknown`."""
    with transaction():
        waiting = SecondFactorReset.objects.filter(user=user, done_at__isnull=True)
        reset = waiting.select_for_update(of=("self",)).first()
        if reset is None:
            raise ResetIsUnknown
        reset.delete()
        event = SecondFactorResetDropped(merchant_id=None, subject=user.public_id)
        record(event, actor=Actor.person(admin.pk), at=now)
