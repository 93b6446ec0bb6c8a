"""Give a person a new password, and remember the one before."""

from datetime import datetime

from giftwell.foundation.identity.models import PastPassword, User
from giftwell.foundation.identity.password_history import KEPT
from giftwell.foundation.tenancy.transactions import transaction


def set_password(*, user: User, password: str, now: datetime) -> None:
    """Set it; every session of the person ends, except where the caller renews one.

    Whoever calls has had it judged (`password_validator`) and tells why it changed by an event.
    """
    with transaction():
        # Two changes at once must both leave their predecessor in the history.
        before = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        if before.has_usable_password():
            PastPassword.objects.create(user=before, encoded=before.password, replaced_at=now)
        kept = PastPassword.objects.filter(user=before).order_by("-replaced_at", "-id")[:KEPT]
        PastPassword.objects.filter(user=before).exclude(pk__in=[row.pk for row in kept]).delete()
        user.set_password(password)
        user.save(update_fields=["password"])
