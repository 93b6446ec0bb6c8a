"""Say yes to an invitation: with an account one has, or with a new one that the link itself verifies."""

from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.add_member import add_member
from giftwell.foundation.identity.create_person import create_person
from giftwell.foundation.identity.events import InvitationAccepted
from giftwell.foundation.identity.find_invitation import InvitationIsDead, find_invitation, holds, open_places
from giftwell.foundation.identity.models import Invitation, Membership, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Forbidden


class InvitationIsForAnother(Forbidden):
    """Whoever is signed in has another address than the one the invitation went to."""

    code = "invitation_is_for_another"
    detail = "This invitation went to another address. Sign in with that one, or ask for a new invitation."


def accept_invitation(*, token: str, user: User, now: datetime) -> Membership:
    """Make `user` a member. Of two who use one link at once, one gets in and the other hears it is used.

    Raises `InvitationIsDead`, `InvitationIsForAnother`, `IsAMemberAlready`, `MerchantIsSuspended`.
    """
    offer = find_invitation(token, now=now)
    with scope.merchant(offer.merchant.id), transaction():
        # The row is locked and read again: it may have been used or withdrawn since it was looked at.
        invitations = Invitation.objects.select_related("custom_role").filter(merchant=offer.merchant)
        invitation = invitations.select_for_update(of=("self",)).get(id=offer.invitation.id)
        if not holds(invitation, now=now):
            raise InvitationIsDead
        if user.email != invitation.email:
            raise InvitationIsForAnother
        actor = Actor.person(user.pk)
        membership = add_member(
            merchant=offer.merchant,
            user=user,
            role=invitation.role,
            custom_role=invitation.custom_role,
            locations=open_places(invitation),
            actor=actor,
            now=now,
        )
        invitation.accepted_at, invitation.accepted_by = now, user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        event = InvitationAccepted(
            merchant_id=offer.merchant.id, subject=invitation.public_id, person=user.public_id
        )
        record(event, actor=actor, at=now)
    return membership


def join_by_invitation(*, token: str, name: str, password: str, now: datetime) -> Membership:
    """Make an account for the address the link went to, which is verified by that, and a member of it.

    The caller has judged the password. Raises `AddressIsTaken` and what `accept_invitation` raises.
    """
    offer = find_invitation(token, now=now)
    with transaction():
        user = create_person(
            email=offer.invitation.email, name=name, password=password, verified=True, now=now
        )
        return accept_invitation(token=token, user=user, now=now)
