"""End a card for good. What is still on it goes back to whoever gave it away, never to nobody."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.cancel_card import cancel_card, end_card
from giftwell.domain.cards.events import CardClosed
from giftwell.domain.cards.lineage import was_sold
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card, CloseReason, Status
from giftwell.domain.cards.refusals import CardIsClosed
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.balance import balance
from giftwell.domain.ledger.post import Move, post_one
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused
from giftwell.kit.ids import public_id


class CardHasBalance(Refused):
    """Somebody paid for what is on the card: it is spent or refunded first."""

    code = "card_has_balance"
    detail = "There is money on this card. Refund it before closing the card."


class CardHasHolds(Refused):
    """A till has authorized a payment from the card and may still capture it."""

    code = "card_has_holds"
    detail = "A payment from this card is still open. Close the card when it is through."


def close_card(
    *,
    merchant_id: UUID,
    card_id: UUID,
    actor: Actor,
    now: datetime,
    reason: CloseReason = CloseReason.CANCELLED,
) -> Card:
    """Close the card for `reason`; a pending one is cancelled, one closed for it already is given back.

    Value on a promo or direct card goes back to the merchant that owes it (`issued`). Value on an escrow
    card, or on one that an order sold, belongs to its holder: refused. Raises `CardNotFound`, `CardIsClosed`,
    `CardHasBalance`, `CardHasHolds`; each leaves a line in the audit.
    """
    subject = public_id(Card.PREFIX, card_id)
    with (
        refusals_noted(CardClosed.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        card = locked_card(merchant_id, card_id, now)
        if card.status == Status.PENDING:
            return cancel_card(merchant_id=merchant_id, card_id=card_id, actor=actor, now=now)
        if card.status == Status.CLOSED:
            if card.close_reason == reason:
                return card
            raise CardIsClosed
        returned = _take_back(card, actor=actor, now=now)
        end_card(card, reason, now)
        event = CardClosed(
            merchant_id=merchant_id,
            subject=card.public_id,
            reason=reason,
            returned_minor=returned,
            currency=card.currency,
        )
        record(event, actor=actor, at=now)
    return card


def _take_back(card: Card, *, actor: Actor, now: datetime) -> int:
    """Empty the locked card; the minor units that went back to the merchant."""
    left = balance(card.merchant_id, card.account_id, now=now)
    if left.held_minor:
        raise CardHasHolds
    if not left.balance_minor:
        return 0
    # An order sold it: whoever collected the money, somebody paid.
    if card.program.issued_account_id is None or was_sold(card):
        raise CardHasBalance
    legs = chart.issue(
        issued=card.program.issued_account_id, card=card.account_id, value_minor=left.balance_minor
    )
    move = Move(
        merchant_id=card.merchant_id,
        kind=chart.PostingKind.ADJUSTMENT,
        currency=card.currency,
        cause=f"close:{card.id}",
        legs=chart.mirror(legs),
        actor=str(actor),
        subject=card.account_id,
    )
    post_one(move, now=now)
    return left.balance_minor
