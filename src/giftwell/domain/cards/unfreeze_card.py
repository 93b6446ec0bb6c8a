"""Take one reason to freeze a card back."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.events import CardUnfrozen
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card, CardFreeze, FreezeReason, Status
from giftwell.domain.cards.refusals import CardIsClosed
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.ids import public_id


def unfreeze_card(
    *, merchant_id: UUID, card_id: UUID, reason: FreezeReason, actor: Actor, now: datetime
) -> Card:
    """Clear the freeze for `reason`; the card is active again once no reason is left.

    Where the card is not frozen for that reason it is given back as it is. Raises `CardNotFound`,
    `CardIsClosed`; each leaves a line in the audit.
    """
    subject = public_id(Card.PREFIX, card_id)
    with (
        refusals_noted(CardUnfrozen.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        card = locked_card(merchant_id, card_id, now)
        if card.status == Status.CLOSED:
            raise CardIsClosed
        standing = CardFreeze.objects.filter(merchant_id=merchant_id, card=card, cleared_at=None)
        if not standing.filter(reason=reason).update(cleared_at=now, cleared_by=str(actor)):
            return card
        if not standing.exists():
            card.status = Status.ACTIVE
            card.save(update_fields=["status"])
        event = CardUnfrozen(
            merchant_id=merchant_id,
            subject=card.public_id,
            reason=reason,
            is_active=card.status == Status.ACTIVE,
        )
        record(event, actor=actor, at=now)
    return card
