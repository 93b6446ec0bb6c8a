"""What stands beside a person's password: whether something does, and from when on it has to."""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings

from giftwell.foundation.identity.models import User


def has_second_factor(user: User) -> bool:
    """Whether the person has an authenticator app or a passkey; backup codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=kinds).exists())


def due_at(user: User) -> datetime:
    """From when on a role that asks for a second factor is shut without one."""
    grace = timedelta(days=settings.SECOND_FACTOR_GRACE_DAYS)
    return user.second_factor_due_at or user.created_at + grace
