"""Take an invitation back before it is answered: its link is dead at once."""

from datetime import datetime
from uuid import UUID

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import InvitationWithdrawn
from giftwell.foundation.identity.models import Invitation
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound, Refused


class InvitationIsUnknown(NotFound):
    """The invitation is not one of this merchant."""

    code = "invitation_is_unknown"
    detail = "There is no such invitation."


class InvitationIsAccepted(Refused):
    """Whoever said yes is a member, and is removed as one."""

    code = "invitation_is_accepted"
    detail = "This invitation was accepted already. Remove the member instead."


def withdraw_invitation(*, merchant: Merchant, invitation_id: UUID, actor: Actor, now: datetime) -> None:
    """Withdraw it. Safe to repeat. Raises `InvitationIsUnknown`, `InvitationIsAccepted`."""
    with scope.merchant(merchant.id), transaction():
        own = Invitation.objects.filter(merchant=merchant)
        invitation = own.select_for_update(of=("self",)).filter(id=invitation_id).first()
        if invitation is None:
            raise InvitationIsUnknown
        if invitation.accepted_at is not None:
            raise InvitationIsAccepted
        if invitation.withdrawn_at is None:
            invitation.withdrawn_at = now
            invitation.save(update_fields=["withdrawn_at"])
            event = InvitationWithdrawn(merchant_id=merchant.id, subject=invitation.public_id)
            record(event, actor=actor, at=now)
