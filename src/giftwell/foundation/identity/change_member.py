"""Give a member another role, or other places. It holds from their next request on."""

from datetime import datetime
from uuid import UUID

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import MemberChanged
from giftwell.foundation.identity.models import Membership
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.identity.team_rules import (
    OWNER,
    LastOwner,
    Position,
    check_position,
    locked_member,
    locked_owners,
    place_at,
    place_names,
)
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def change_member(
    *, merchant: Merchant, membership_id: UUID, position: Position, actor: Actor, now: datetime
) -> Membership:
    """Put the member into `position`; safe to repeat, since what is as it was is not written down.

    Raises `MemberIsUnknown`, `LastOwner`, `MerchantIsSuspended`, `RoleIsUnknown`, `LocationIsUnknown`,
    `OwnersAreEverywhere`.
    """
    if not merchant.is_active:
        raise MerchantIsSuspended
    check_position(merchant, position)
    with scope.merchant(merchant.id), transaction():
        owners = locked_owners(merchant)
        member = locked_member(merchant, membership_id)
        if member.role == OWNER and position.role != OWNER and len(owners) < 2:
            raise LastOwner
        before = {"role": Position(member.role, member.custom_role).told, "locations": place_names(member)}
        after = {"role": position.told, "locations": sorted(one.public_id for one in position.locations)}
        changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        if changes:
            member.role, member.custom_role = position.role, position.custom_role
            member.save(update_fields=["role", "custom_role"])
            place_at(member, position.locations)
            event = MemberChanged(merchant_id=merchant.id, subject=member.user.public_id, role=position.told)
            record(event, actor=actor, at=now, changes=changes)
    return member
