"""Stop a card from being spent, for a reason that can be taken back."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.events import CardFrozen
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card, CardFreeze, FreezeReason, Status
from giftwell.domain.cards.refusals import CardIsClosed, CardIsPending
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.ids import public_id


def freeze_card(
    *, merchant_id: UUID, card_id: UUID, reason: FreezeReason, actor: Actor, now: datetime
) -> Card:
    """Freeze the card for `reason`; a card frozen for it already is given back as it is.

    Reasons add up: each has to be cleared before the card is active again. Live holds may still capture.
    Raises `CardNotFound`, `CardIsPending`, `CardIsClosed`; each leaves a line in the audit.
    """
    subject = public_id(Card.PREFIX, card_id)
    with (
        refusals_noted(CardFrozen.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        card = locked_card(merchant_id, card_id, now)
        if card.status == Status.PENDING:
            raise CardIsPending
        if card.status == Status.CLOSED:
            raise CardIsClosed
        _, is_new = CardFreeze.objects.get_or_create(
            merchant_id=merchant_id,
            card=card,
            reason=reason,
            cleared_at=None,
            defaults={"frozen_at": now, "frozen_by": str(actor)},
        )
        if not is_new:
            return card
        card.status = Status.FROZEN
        card.save(update_fields=["status"])
        event = CardFrozen(merchant_id=merchant_id, subject=card.public_id, reason=reason)
        record(event, actor=actor, at=now)
    return card
