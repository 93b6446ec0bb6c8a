"""What people are told about their own account by mail: somebody else may have done it."""

from enum import Enum

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from giftwell.foundation.identity.models import User
from giftwell.foundation.messaging.queue_message import queue_message
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now


class Notice(Enum):
    """A thing worth a mail: its headline, and what it means."""

    ADDRESS_CHANGED = (
        _("Your e-mail address was changed"),
        _("You sign in with another e-mail address from now on. This one is not used any more."),
    )
    FACTOR_ADDED = (
        _("A second factor was added to your account"),
        _("Signing in asks for a second factor besides the password from now on."),
    )
    FACTOR_REMOVED = (
        _("A second factor was removed from your account"),
        _("An authenticator app or a passkey does not open your account any more."),
    )
    NEW_DEVICE = (
        _("A new sign-in to your account"),
        _("Somebody signed in to your account with a device that we had not seen before."),
    )
    BACKUP_CODES_MADE = (
        _("You have new backup codes"),
        _("Ten new backup codes were made. The ones before do not work any more."),
    )
    BACKUP_CODE_USED = (
        _("A backup code was used"),
        _("Somebody signed in with one of your backup codes. It does not work again."),
    )
    FACTORS_RESET = (
        _("Your second factor was taken off by our team"),
        _(
            "Two people of our team took the second factor off your account, because they were asked to. "
            "Set up a new one when you sign in."
        ),
    )
    OWNS_A_SHOP = (
        _("A shop was handed over"),
        _("A shop that you work for has another owner from now on."),
    )
    PASSWORD_CHANGED = (
        _("Your password was changed"),
        _("The password of your account was changed, and every other session was signed out."),
    )


def tell(
    user: User, notice: Notice, *, detail: str = "", recipient: str = "", actor: Actor | None = None
) -> None:
    """Queue a notice, with the way to a new password; to another `recipient` when their address has just
    changed.
    """
    headline, text = notice.value
    queue_message(
        "security_notice",
        merchant_id=None,
        recipient=recipient or user.email,
        context={
            "name": user.name,
            "headline": str(headline),
            "text": str(text),
            "detail": detail,
            "link": settings.BASE_URL + reverse("account_reset_password"),
        },
        actor=actor or Actor.person(user.pk),
        now=now(),
        cause=user.public_id,
    )
