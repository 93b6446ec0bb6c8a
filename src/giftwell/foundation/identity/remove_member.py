"""End a person's role at a merchant. What they did stays theirs in every timeline."""

from datetime import datetime
from uuid import UUID

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.create_merchant import OWNER
from giftwell.foundation.identity.events import MemberRemoved
from giftwell.foundation.identity.models import Membership
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound, Refused


class MemberIsUnknown(NotFound):
    """The membership is not one of this merchant."""

    code = "member_is_unknown"
    detail = "There is no such member."


class LastOwner(Refused):
    """Without an owner nobody could let people in, or close the shop."""

    code = "last_owner"
    detail = "This is the only owner. Make somebody else an owner first."


def remove_member(*, merchant: Merchant, membership_id: UUID, actor: Actor, now: datetime) -> None:
    """Remove a member; their places go with it. Raises `MemberIsUnknown`, `LastOwner`."""
    with scope.merchant(merchant.id), transaction():
        # All owners are locked: two who remove each other at once must not leave the shop to nobody.
        owners = list(
            Membership.objects.filter(merchant=merchant, role=OWNER)
            .order_by("pk")
            .select_for_update(of=("self",))
        )
        member = Membership.objects.select_related("user").filter(merchant=merchant, id=membership_id).first()
        if member is None:
            raise MemberIsUnknown
        if member.role == OWNER and len(owners) < 2:
            raise LastOwner
        event = MemberRemoved(merchant_id=merchant.id, subject=member.user.public_id, role=member.role)
        member.delete()
        record(event, actor=actor, at=now)
