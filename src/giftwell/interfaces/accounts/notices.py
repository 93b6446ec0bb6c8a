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
    PASSWORD_CHANGED = (
        _("Your password was changed"),
        _("The password of your account was changed, and every other session was signed out."),
    )


def tell(user: User, notice: Notice, *, detail: str = "", recipient: str = "") -> None:
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
        actor=Actor.person(user.pk),
        now=now(),
        cause=user.public_id,
    )
