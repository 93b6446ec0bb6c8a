"""Offer somebody a role at a merchant, by a link that goes to their address and works once."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.add_member import IsAMemberAlready
from giftwell.foundation.identity.events import InvitationWithdrawn, MemberInvited
from giftwell.foundation.identity.find_invitation import hash_of_invitation
from giftwell.foundation.identity.models import Invitation, Membership
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.identity.team_rules import Position, check_position
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import Invalid, Refused

HOLDS = timedelta(days=7)
MOST_OPEN = 100


class InvitationIsInvalid(Invalid):
    """The address is none that mail can be sent to."""

    code = "invitation_is_invalid"
    detail = "Write an e-mail address."


class TooManyInvitations(Refused):
    """So many offers that wait would be a way to write to strangers through us."""

    code = "too_many_invitations"
    detail = f"{MOST_OPEN} invitations wait already. Withdraw some, or wait for answers."


def invite_member(
    *, merchant: Merchant, email: str, position: Position, actor: Actor, now: datetime
) -> tuple[Invitation, str]:
    """Make the invitation and give it back with the token for its link, which is kept as a hash only.

    It holds seven days. An earlier one of the same address that waits is withdrawn: only the newest link
    works. Whoever calls has checked that `actor` may give this role, and sends the mail. Raises
    `InvitationIsInvalid`, `IsAMemberAlready`, `TooManyInvitations`, `MerchantIsSuspended` and what
    `check_position` raises.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise InvitationIsInvalid(errors={"email": InvitationIsInvalid.detail}) from None
    if not merchant.is_active:
        raise MerchantIsSuspended
    check_position(merchant, position)
    token = new_token()
    with scope.merchant(merchant.id), transaction():
        # Two invitations of one address at once would both find none waiting.
        Merchant.objects.select_for_update(of=("self",), no_key=True).get(pk=merchant.pk)
        if Membership.objects.filter(merchant=merchant, user__email=address).exists():
            raise IsAMemberAlready
        waiting = Invitation.objects.filter(merchant=merchant, accepted_at=None, withdrawn_at=None)
        for earlier in waiting.filter(email=address):
            earlier.withdrawn_at = now
            earlier.save(update_fields=["withdrawn_at"])
            gone = InvitationWithdrawn(merchant_id=merchant.id, subject=earlier.public_id)
            record(gone, actor=actor, at=now)
        if waiting.filter(expires_at__gt=now).count() >= MOST_OPEN:
            raise TooManyInvitations
        invitation = Invitation.objects.create(
            merchant=merchant,
            email=address,
            role=position.role,
            custom_role=position.custom_role,
            location_ids=[one.id for one in position.locations],
            token_hash=hash_of_invitation(token),
            invited_by=str(actor),
            invited_at=now,
            expires_at=now + HOLDS,
        )
        event = MemberInvited(merchant_id=merchant.id, subject=invitation.public_id, role=position.told)
        places = sorted(one.public_id for one in position.locations)
        record(event, actor=actor, at=now, changes={"locations": [None, places]})
    return invitation, token
