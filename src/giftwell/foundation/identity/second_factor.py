"""What stands beside a person's password: whether something does, and whether it has to."""

from allauth.mfa.models import Authenticator

from giftwell.foundation.identity.models import User


def has_second_factor(user: User) -> bool:
    """Whether the person has an authenticator app or a passkey; backup codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=kinds).exists())
