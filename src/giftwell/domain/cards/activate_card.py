"""Load a pending card out of a settled payment, and give it its code: here a code comes into being."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.codes import make_code
from giftwell.domain.cards.events import CardActivated
from giftwell.domain.cards.expiry import expires_at
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card, Status
from giftwell.domain.cards.paid_value import Paid, post_paid
from giftwell.domain.cards.refusals import CardIsClosed
from giftwell.domain.ledger import chart
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def activate_card(
    *, merchant_id: UUID, card_id: UUID, paid: Paid, cause: str, actor: Actor, now: datetime
) -> Card:
    """Put the paid value on the card as `post_paid` does, make its code, start its validity.

    `cause` names the order's line for ever (`fulfil:<line>`). A card that was activated before, frozen since
    or not, is given back as it is: a repeated message loads nothing and thaws nothing. Raises `CardNotFound`,
    `CardIsClosed`, `FundingIsNotSold`.
    """
    with scope.merchant(merchant_id), transaction():
        card = locked_card(merchant_id, card_id, now)
        if card.status == Status.CLOSED:
            raise CardIsClosed
        if card.status != Status.PENDING:
            return card
        post_paid(
            card,
            value_minor=card.face_value_minor,
            paid=paid,
            kind=chart.PostingKind.FULFIL,
            cause=cause,
            actor=actor,
            now=now,
        )
        kept = make_code(merchant_id, card.id)
        card.status, card.activated_at = Status.ACTIVE, now
        card.code_hash, card.code_encrypted, card.last4 = kept.code_hash, kept.code_encrypted, kept.last4
        card.expires_at = expires_at(now, card.program, card.merchant)
        card.save(
            update_fields=["status", "activated_at", "code_hash", "code_encrypted", "last4", "expires_at"]
        )
        record(activated(card), actor=actor, at=now)
    return card


def activated(card: Card) -> CardActivated:
    """The event of a card that can be spent now."""
    return CardActivated(
        merchant_id=card.merchant_id,
        subject=card.public_id,
        amount_minor=card.face_value_minor,
        currency=card.currency,
    )
