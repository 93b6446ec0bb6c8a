"""Invite somebody to a merchant's team and write to them, the same from the console and from REST."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from limits import RateLimitItemPerHour

from giftwell.foundation.identity.invite_member import TooManyInvitations, invite_member
from giftwell.foundation.identity.models import Invitation
from giftwell.foundation.identity.team_rules import Position
from giftwell.foundation.messaging.queue_message import queue_message
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.interfaces.common.limiting import within
from giftwell.interfaces.common.positions import role_word
from giftwell.kit.actor import Actor

# Each one writes to an address that may be a stranger's.
_OF_A_MERCHANT = RateLimitItemPerHour(30)


def invite(
    *, merchant: Merchant, email: str, position: Position, inviter: str, actor: Actor, now: datetime
) -> Invitation:
    """Make the invitation and queue its mail, both or neither.

    Raises what `invite_member` raises, and `TooManyInvitations` for more than thirty an hour.
    """
    if not within(_OF_A_MERCHANT, "invite", str(merchant.id)):
        raise TooManyInvitations("Thirty invitations were sent within an hour. Wait a little.")
    with transaction():
        invitation, token = invite_member(
            merchant=merchant, email=email, position=position, actor=actor, now=now
        )
        queue_message(
            "invitation",
            merchant_id=merchant.id,
            recipient=invitation.email,
            context={
                "merchant_name": merchant.name,
                "inviter": inviter,
                "role": role_word(position.role, position.custom_role),
                "places": ", ".join(one.name for one in position.locations),
                "link": settings.BASE_URL + reverse("account_invitation_link", args=[token]),
            },
            actor=actor,
            now=now,
            cause=invitation.public_id,
        )
    return invitation
