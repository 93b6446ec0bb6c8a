"""Give a person a role at a merchant."""

from collections.abc import Sequence
from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import MemberAdded
from giftwell.foundation.identity.models import Membership, Role, User
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.identity.team_rules import Position, check_position, place_at
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class IsAMemberAlready(Refused):
    """The person has a role at this merchant; a second one would have to be merged with it."""

    code = "is_a_member_already"
    detail = "This person works for this merchant already."


def add_member(
    *,
    merchant: Merchant,
    user: User,
    role: str,
    custom_role: Role | None = None,
    actor: Actor,
    now: datetime,
    locations: Sequence[Location] = (),
) -> Membership:
    """Let `user` work for `merchant` in `role`; at `locations` only, or everywhere when none is named.

    Raises `IsAMemberAlready`, `MerchantIsSuspended`, `RoleIsUnknown`, `LocationIsUnknown`,
    `OwnersAreEverywhere`.
    """
    if not merchant.is_active:
        raise MerchantIsSuspended
    position = Position(role, custom_role, locations)
    check_position(merchant, position)
    with scope.merchant(merchant.id), transaction():
        membership, is_new = Membership.objects.get_or_create(
            merchant=merchant,
            user=user,
            defaults={"role": role, "custom_role": custom_role, "created_at": now},
        )
        if not is_new:
            raise IsAMemberAlready
        place_at(membership, locations)
        changes = {
            "role": [None, position.told],
            "locations": [None, sorted(one.public_id for one in locations)],
        }
        event = MemberAdded(merchant_id=merchant.id, subject=user.public_id, role=position.told)
        record(event, actor=actor, at=now, changes=changes)
    return membership
