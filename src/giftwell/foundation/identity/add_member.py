"""Give a person a role at a merchant."""

from collections.abc import Sequence
from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import MemberAdded
from giftwell.foundation.identity.models import Membership, MembershipLocation, User
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound, Refused


class IsAMemberAlready(Refused):
    """The person has a role at this merchant; a second one would have to be merged with it."""

    code = "is_a_member_already"
    detail = "This person works for this merchant already."


class LocationIsUnknown(NotFound):
    """A location named for the member is not one of this merchant."""

    code = "location_is_unknown"
    detail = "There is no such location."


def add_member(
    *,
    merchant: Merchant,
    user: User,
    role: str,
    actor: Actor,
    now: datetime,
    locations: Sequence[Location] = (),
) -> Membership:
    """Let `user` work for `merchant` in `role`; at `locations` only, or everywhere when none is named.

    Raises `IsAMemberAlready`, `MerchantIsSuspended`, `LocationIsUnknown`.
    """
    if not merchant.is_active:
        raise MerchantIsSuspended
    if any(location.merchant_id != merchant.id for location in locations):
        raise LocationIsUnknown
    with scope.merchant(merchant.id), transaction():
        membership, is_new = Membership.objects.get_or_create(
            merchant=merchant, user=user, defaults={"role": role, "created_at": now}
        )
        if not is_new:
            raise IsAMemberAlready
        MembershipLocation.objects.bulk_create(
            MembershipLocation(merchant=merchant, membership=membership, location=location)
            for location in locations
        )
        record(MemberAdded(merchant_id=merchant.id, subject=user.public_id, role=role), actor=actor, at=now)
    return membership
