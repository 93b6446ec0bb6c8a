"""The end of a card whose whole value has gone to other cards."""

from datetime import datetime

from giftwell.domain.cards.cancel_card import end_card
from giftwell.domain.cards.close_card import CardHasHolds
from giftwell.domain.cards.events import CardClosed
from giftwell.domain.cards.models import Card, CloseReason
from giftwell.domain.ledger.balance import balance
from giftwell.foundation.events.record import record
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class NothingOnCard(Refused):
    """An empty card has nothing that could go anywhere; it is closed instead."""

    code = "nothing_on_card"
    detail = "There is nothing left on this card."


def whole_balance(card: Card, now: datetime) -> int:
    """All that is on the locked card, in minor units. Raises `CardHasHolds`, `NothingOnCard`."""
    left = balance(card.merchant_id, card.account_id, now=now)
    if left.held_minor:
        raise CardHasHolds
    if not left.balance_minor:
        raise NothingOnCard
    return left.balance_minor


def end_emptied(card: Card, reason: CloseReason, *, actor: Actor, now: datetime) -> None:
    """Close the locked card, which has no value left: none of it went back to the merchant."""
    end_card(card, reason, now)
    event = CardClosed(
        merchant_id=card.merchant_id,
        subject=card.public_id,
        reason=reason,
        returned_minor=0,
        currency=card.currency,
    )
    record(event, actor=actor, at=now)
