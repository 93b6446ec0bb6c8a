"""What a role given to somebody has to hold, whoever gives it and however: one place for all team verbs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from giftwell.foundation.identity.models import CUSTOM, Membership, MembershipLocation, Role
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.kit.errors import NotFound, Refused

OWNER = "owner"


class MemberIsUnknown(NotFound):
    """The membership is not one of this merchant."""

    code = "member_is_unknown"
    detail = "There is no such member."


class RoleIsUnknown(NotFound):
    """The role is not one of this merchant."""

    code = "role_is_unknown"
    detail = "There is no such role."


class LocationIsUnknown(NotFound):
    """A location named for the member is not one of this merchant."""

    code = "location_is_unknown"
    detail = "There is no such location."


class LastOwner(Refused):
    """Without an owner nobody could let people in, or close the shop."""

    code = "last_owner"
    detail = "This is the only owner. Make somebody else an owner first."


class OwnersAreEverywhere(Refused):
    """An owner answers for the whole shop."""

    code = "owners_are_everywhere"
    detail = "An owner works at every place. Choose no place for this role."


@dataclass(frozen=True, slots=True)
class Position:
    """A role somebody has or is offered, and where; no location means all of them."""

    role: str
    custom_role: Role | None = None
    locations: Sequence[Location] = ()

    @property
    def permissions(self) -> Sequence[str] | None:
        """What a role of the merchant's own may do; None for the others."""
        return None if self.custom_role is None else tuple(self.custom_role.permissions)

    @property
    def told(self) -> str:
        """The role as events name it: its word, or the id of a merchant's own."""
        return self.role if self.custom_role is None else self.custom_role.public_id


def check_position(merchant: Merchant, position: Position) -> None:
    """Raise `RoleIsUnknown`, `LocationIsUnknown` or `OwnersAreEverywhere` for what this merchant has not."""
    own = position.custom_role
    if (position.role == CUSTOM) != (own is not None) or (own is not None and own.merchant_id != merchant.id):
        raise RoleIsUnknown
    if any(location.merchant_id != merchant.id for location in position.locations):
        raise LocationIsUnknown
    if position.role == OWNER and position.locations:
        raise OwnersAreEverywhere


def locked_owners(merchant: Merchant) -> list[Membership]:
    """The owners, locked in order: two who remove each other at once must not leave the shop to nobody."""
    owners = Membership.objects.filter(merchant=merchant, role=OWNER).order_by("pk")
    return list(owners.select_for_update(of=("self",)))


def locked_member(merchant: Merchant, membership_id: UUID) -> Membership:
    """The member with person and role, locked. Raises `MemberIsUnknown`."""
    members = Membership.objects.select_related("user", "custom_role").filter(merchant=merchant)
    member = members.select_for_update(of=("self",)).filter(id=membership_id).first()
    if member is None:
        raise MemberIsUnknown
    return member


def place_at(membership: Membership, locations: Iterable[Location]) -> None:
    """Let the member work at these places and no others; none means everywhere."""
    MembershipLocation.objects.filter(membership=membership).delete()
    MembershipLocation.objects.bulk_create(
        MembershipLocation(merchant_id=membership.merchant_id, membership=membership, location=location)
        for location in locations
    )


def place_names(membership: Membership) -> list[str]:
    """Where the member works, for the audit; empty for everywhere."""
    places = MembershipLocation.objects.filter(membership=membership).select_related("location")
    return sorted(one.location.public_id for one in places)
