"""The invitation behind a token, if it still holds; asked before any merchant's scope can be entered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from giftwell.foundation.identity.models import Invitation
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.crypto import keyed_hash
from giftwell.kit.errors import NotFound


class InvitationIsDead(NotFound):
    """Unknown, used, withdrawn or too old: never told apart."""

    code = "invitation_is_dead"
    detail = "This invitation does not hold any more. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody is offered, with what a page says of it."""

    invitation: Invitation
    merchant: Merchant
    locations: list[Location]


def find_invitation(token: str, *, now: datetime) -> Offer:
    """What this token offers now. Raises `InvitationIsDead`."""
    found = _by_hash(token)
    if found is None:
        raise InvitationIsDead
    invitation_id, merchant_id = found
    with scope.merchant(merchant_id), reading():
        offers = Invitation.objects.select_related("merchant", "custom_role").filter(merchant_id=merchant_id)
        invitation = offers.filter(id=invitation_id).first()
        if invitation is None or not holds(invitation, now=now):
            raise InvitationIsDead
        return Offer(invitation, invitation.merchant, open_places(invitation))


def holds(invitation: Invitation, *, now: datetime) -> bool:
    """Whether it can be accepted, as far as its own row says."""
    return invitation.accepted_at is None and invitation.withdrawn_at is None and now < invitation.expires_at


def open_places(invitation: Invitation) -> list[Location]:
    """The places it names that are still open. Raises `InvitationIsDead` where it named some and none is.

    An offer for one place must not become one for all of them because that place has closed.
    """
    places = Location.objects.filter(
        merchant_id=invitation.merchant_id, id__in=invitation.location_ids, is_active=True
    )
    found = list(places.order_by("name", "id"))
    if invitation.location_ids and not found:
        raise InvitationIsDead
    return found


def hash_of_invitation(token: str) -> bytes:
    """What is kept of a token."""
    return keyed_hash(settings.LOOKUP_KEYS["token"], b"invitation", token.encode())


def _by_hash(token: str) -> tuple[UUID, UUID] | None:
    if not token or len(token) > 100:
        return None
    with scope.public(), reading(), connection.cursor() as cursor:
        cursor.execute("select * from identity.find_invitation(%s)", [hash_of_invitation(token)])
        row: tuple[UUID, UUID] | None = cursor.fetchone()
    return row
