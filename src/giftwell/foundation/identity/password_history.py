"""The passwords a person had: their hashes are kept so that none of the last five comes back."""

from django.contrib.auth.hashers import check_password

from giftwell.foundation.identity.models import PastPassword, User

# With the one in use: five that may not be chosen.
KEPT = 4


def was_used(user: User, password: str) -> bool:
    """Whether the password is the person's present one or one of those before it."""
    past = PastPassword.objects.filter(user=user).order_by("-replaced_at", "-id")[:KEPT]
    return any(check_password(password, one) for one in (user.password, *(row.encoded for row in past)))
