"""Hand a shop over: somebody else becomes its owner, and the owner who does it a manager."""

from datetime import datetime
from uuid import UUID

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import OwnershipTransferred
from giftwell.foundation.identity.models import Membership, User
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.identity.team_rules import (
    OWNER,
    locked_member,
    locked_owners,
    place_at,
)
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Forbidden, Refused

MANAGER = "manager"


class OnlyOwners(Forbidden):
    """Only an owner can hand over what is theirs."""

    code = "only_owners"
    detail = "Only an owner can hand the shop over."


class IsOwnerAlready(Refused):
    """There is nothing to hand over to somebody who owns it."""

    code = "is_owner_already"
    detail = "This person is an owner already."


class IsInactive(Refused):
    """Nobody could open the shop after it."""

    code = "is_inactive"
    detail = "This person cannot sign in, so they cannot own the shop."


def transfer_ownership(*, merchant: Merchant, owner: User, membership_id: UUID, now: datetime) -> Membership:
    """Make the member the owner and `owner` a manager, both at once; other owners stay owners.

    Raises `OnlyOwners`, `MemberIsUnknown`, `IsOwnerAlready`, `IsInactive`, `MerchantIsSuspended`.
    """
    if not merchant.is_active:
        raise MerchantIsSuspended
    with scope.merchant(merchant.id), transaction():
        own = next((one for one in locked_owners(merchant) if one.user_id == owner.pk), None)
        if own is None:
            raise OnlyOwners
        heir = locked_member(merchant, membership_id)
        if heir.role == OWNER:
            raise IsOwnerAlready
        if not heir.user.is_active:
            raise IsInactive
        before = heir.role
        heir.role, heir.custom_role = OWNER, None
        heir.save(update_fields=["role", "custom_role"])
        place_at(heir, ())
        own.role = MANAGER
        own.save(update_fields=["role"])
        event = OwnershipTransferred(
            merchant_id=merchant.id,
            subject=merchant.public_id,
            before=owner.public_id,
            after=heir.user.public_id,
        )
        changes = {owner.public_id: [OWNER, MANAGER], heir.user.public_id: [before, OWNER]}
        record(event, actor=Actor.person(owner.pk), at=now, changes=changes)
    return heir
