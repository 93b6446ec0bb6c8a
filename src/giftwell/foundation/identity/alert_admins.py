"""Tell the people who run the platform that something needs their eyes, once an hour at most."""

from datetime import datetime, timedelta

from giftwell.foundation.identity.models import PlatformRole
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.messaging.queue_message import queue_message
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor

KIND = "platform_alert"
_QUIET = timedelta(hours=1)


def alert_admins(*, headline: str, text: str, link: str, cause: str, actor: Actor, now: datetime) -> int:
    """Write to each active platform admin about `cause`; how many were written to.

    Nobody is written to about one cause again within an hour, so it is safe to repeat.
    """
    with scope.platform(), transaction():
        told = Message.objects.filter(kind=KIND, cause=cause, created_at__gt=now - _QUIET)
        if told.exists():
            return 0
        roles = PlatformRole.objects.select_related("user").filter(
            role="platform_admin", user__is_active=True
        )
        for role in roles:
            queue_message(
                KIND,
                merchant_id=None,
                recipient=role.user.email,
                context={"headline": headline, "text": text, "link": link},
                actor=actor,
                now=now,
                cause=cause,
            )
        return len(roles)
