"""The team: members, invitations, the shop's own roles. A key lets nobody in as an owner, nor touches one."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from giftwell.foundation.identity.change_member import change_member
from giftwell.foundation.identity.models import Invitation, Membership, Role
from giftwell.foundation.identity.remove_member import remove_member
from giftwell.foundation.identity.team_rules import OWNER, MemberIsUnknown, Position
from giftwell.foundation.identity.withdraw_invitation import withdraw_invitation
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.products import PageQuery
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Identifier, ListOut, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.inviting import invite
from giftwell.interfaces.common.paging import page_of
from giftwell.interfaces.common.positions import read_position
from giftwell.kit.clock import now
from giftwell.kit.errors import Forbidden
from giftwell.kit.ids import parse_id, public_id

router = Router()
_ROLE = Field(
    description="owner, manager, finance, cashier, developer, auditor, or the id of the shop's own role.",
    examples=["cashier"],
)
_PLACES = Field(description="Ids of the places it is for; empty means every place.")


class OwnersStayWithOwners(Forbidden):
    """Whoever owns a shop is decided by people at its desk, never by a key."""

    code = "owners_stay_with_owners"
    detail = "A key can neither make an owner nor change or remove one. An owner does that at the desk."


class MemberOut(Schema):
    """Somebody who works for the merchant."""

    id: str = Field(examples=["mem_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    person: str = Field(examples=["usr_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    email: str
    name: str
    role: str = _ROLE
    locations: list[str] = _PLACES
    since: datetime


class InvitationOut(Schema):
    """An offer that waits for an answer."""

    id: str = Field(examples=["inv_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    email: str
    role: str = _ROLE
    locations: list[str] = _PLACES
    invited_at: datetime
    expires_at: datetime


class RoleOut(Schema):
    """A role of the shop's own."""

    id: str = Field(examples=["role_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    name: str
    permissions: list[str]


class PositionIn(Body):
    """A role, and the places it is for."""

    role: Identifier = _ROLE
    locations: list[Identifier] = Field(default_factory=list, max_length=200, description=_PLACES.description)


class InvitationIn(PositionIn):
    """Whom to write to, and what they are offered."""

    email: Text = Field(max_length=254, examples=["ines@example.com"])


def _member_out(one: Membership) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "person": one.user.public_id,
        "email": one.user.email,
        "name": one.user.name,
        "role": Position(one.role, one.custom_role).told,
        "locations": sorted(place.location.public_id for place in one.places.all()),
        "since": one.created_at,
    }


def _invitation_out(one: Invitation) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "email": one.email,
        "role": Position(one.role, one.custom_role).told,
        "locations": sorted(public_id("loc", place) for place in one.location_ids),
        "invited_at": one.invited_at,
        "expires_at": one.expires_at,
    }


@endpoint(router, "GET", "/team/members", needs=ApiScope.TEAM_READ, answers=ListOut[MemberOut])
def list_members(request: ApiRequest, query: Query[PageQuery]) -> Any:
    """Who works for the merchant, newest first."""
    with reading():
        members = Membership.objects.filter(merchant_id=request.merchant_id)
        page = page_of(
            members.select_related("user", "custom_role").prefetch_related("places__location"),
            cursor=query.cursor,
            limit=query.limit,
        )
    return {"data": [_member_out(one) for one in page.rows], "next_cursor": page.next_cursor or None}


@endpoint(
    router, "PUT", "/team/members/{member_id}/position", needs=ApiScope.TEAM_WRITE, answers=MemberOut,
    problems=(404, 409),
)  # fmt: skip
def change_position(request: ApiRequest, member_id: str, body: PositionIn) -> Any:
    """Give a member another role, or other places; it holds from their next request on."""
    identity = parse_id(Membership.PREFIX, member_id)
    _refuse_owners(_member(request, identity).role, body.role)
    merchant = _merchant(request)
    changed = change_member(
        merchant=merchant,
        membership_id=identity,
        position=read_position(merchant, body.role, body.locations),
        actor=request.actor,
        now=now(),
    )
    return _member_out(_member(request, changed.id))


@endpoint(
    router, "DELETE", "/team/members/{member_id}", needs=ApiScope.TEAM_WRITE, answers=None, status=204,
    problems=(404, 409),
)  # fmt: skip
def remove(request: ApiRequest, member_id: str) -> Status:
    """End a member's role; their next request finds nothing of this merchant."""
    identity = parse_id(Membership.PREFIX, member_id)
    _refuse_owners(_member(request, identity).role)
    remove_member(merchant=_merchant(request), membership_id=identity, actor=request.actor, now=now())
    return Status(204, None)


@endpoint(router, "GET", "/team/roles", needs=ApiScope.TEAM_READ, answers=ListOut[RoleOut])
def list_roles(request: ApiRequest, query: Query[PageQuery]) -> Any:
    """The roles of the shop's own, newest first."""
    with reading():
        own = Role.objects.filter(merchant_id=request.merchant_id)
        page = page_of(own, cursor=query.cursor, limit=query.limit)
    told = [
        {"id": one.public_id, "name": one.name, "permissions": sorted(one.permissions)} for one in page.rows
    ]
    return {"data": told, "next_cursor": page.next_cursor or None}


@endpoint(router, "GET", "/team/invitations", needs=ApiScope.TEAM_READ, answers=ListOut[InvitationOut])
def list_invitations(request: ApiRequest, query: Query[PageQuery]) -> Any:
    """The invitations that wait, newest first."""
    with reading():
        waiting = Invitation.objects.select_related("custom_role").filter(
            merchant_id=request.merchant_id, accepted_at=None, withdrawn_at=None
        )
        page = page_of(waiting, cursor=query.cursor, limit=query.limit, at="invited_at")
    return {"data": [_invitation_out(one) for one in page.rows], "next_cursor": page.next_cursor or None}


@endpoint(
    router, "POST", "/team/invitations", needs=ApiScope.TEAM_WRITE, answers=InvitationOut, status=201,
    problems=(404, 409),
)  # fmt: skip
def send_invitation(request: ApiRequest, body: InvitationIn, response: HttpResponse) -> Status:
    """Offer somebody a role by a mail whose link works once and holds for seven days.

    An earlier invitation of the same address is withdrawn by it.
    """
    _refuse_owners(body.role)
    merchant = _merchant(request)
    made = invite(
        merchant=merchant,
        email=body.email,
        position=read_position(merchant, body.role, body.locations),
        inviter=merchant.name,
        actor=request.actor,
        now=now(),
    )
    return Status(201, _invitation_out(made))


@endpoint(
    router, "DELETE", "/team/invitations/{invitation_id}", needs=ApiScope.TEAM_WRITE, answers=None,
    status=204, problems=(404, 409),
)  # fmt: skip
def withdraw(request: ApiRequest, invitation_id: str) -> Status:
    """Take an invitation back; its link is dead at once."""
    withdraw_invitation(
        merchant=_merchant(request),
        invitation_id=parse_id(Invitation.PREFIX, invitation_id),
        actor=request.actor,
        now=now(),
    )
    return Status(204, None)


def _merchant(request: ApiRequest) -> Merchant:
    with reading():
        return Merchant.objects.get(id=request.merchant_id)


def _member(request: ApiRequest, identity: Any) -> Membership:
    with reading():
        members = Membership.objects.select_related("user", "custom_role").prefetch_related(
            "places__location"
        )
        found = members.filter(merchant_id=request.merchant_id, id=identity).first()
    if found is None:
        raise MemberIsUnknown
    return found


def _refuse_owners(*roles: str) -> None:
    if OWNER in roles:
        raise OwnersStayWithOwners
