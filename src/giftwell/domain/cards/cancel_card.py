"""End a card that was never loaded: the order was not paid, or fell through."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.events import CardCancelled
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card, CloseReason, Status
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused
from giftwell.kit.ids import public_id


class CardIsNotPending(Refused):
    """The card was loaded: its value is refunded or taken back, not cancelled."""

    code = "card_is_not_pending"
    detail = "This card was loaded already and cannot be cancelled."


def cancel_card(*, merchant_id: UUID, card_id: UUID, actor: Actor, now: datetime) -> Card:
    """Close a pending card as cancelled; one that is closed already is given back as it is.

    Raises `CardNotFound`, `CardIsNotPending`; each leaves a line in the audit.
    """
    subject = public_id(Card.PREFIX, card_id)
    with (
        refusals_noted(CardCancelled.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        card = locked_card(merchant_id, card_id, now)
        if card.status == Status.CLOSED:
            return card
        if card.status != Status.PENDING:
            raise CardIsNotPending
        end_card(card, CloseReason.CANCELLED, now)
        record(CardCancelled(merchant_id=merchant_id, subject=card.public_id), actor=actor, at=now)
    return card


def end_card(card: Card, reason: CloseReason, now: datetime) -> None:
    """Write the end into a locked card's row. The caller has made sure that there is no value left on it."""
    card.status, card.close_reason, card.closed_at = Status.CLOSED, reason, now
    card.save(update_fields=["status", "close_reason", "closed_at"])
