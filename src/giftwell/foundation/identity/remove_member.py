"""End a person's role at a merchant, or let them go. What they did stays theirs in every timeline."""

from datetime import datetime
from uuid import UUID

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import MemberRemoved
from giftwell.foundation.identity.team_rules import (
    OWNER,
    LastOwner,
    Position,
    locked_member,
    locked_owners,
    place_names,
)
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def remove_member(*, merchant: Merchant, membership_id: UUID, actor: Actor, now: datetime) -> None:
    """Remove a member; their places go with it, and their next request finds nothing of this merchant.

    Raises `MemberIsUnknown`, `LastOwner`.
    """
    with scope.merchant(merchant.id), transaction():
        owners = locked_owners(merchant)
        member = locked_member(merchant, membership_id)
        if member.role == OWNER and len(owners) < 2:
            raise LastOwner
        role = Position(member.role, member.custom_role).told
        changes = {"role": [role, None], "locations": [place_names(member), None]}
        event = MemberRemoved(merchant_id=merchant.id, subject=member.user.public_id, role=role)
        member.delete()
        record(event, actor=actor, at=now, changes=changes)
