"""Wrap a sold card: the gift exists from the moment its order is fulfilled."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.models import Card
from giftwell.domain.delivery.events import GiftMade
from giftwell.domain.delivery.links import gift_token, gift_token_hash
from giftwell.domain.delivery.models import Gift
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.ids import new_id, public_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapping:
    """For whom, from whom, and the words. Without an e-mail address the buyer hands the link over."""

    recipient_name: str = ""
    recipient_email: str = ""
    sender_name: str = ""
    message: str = ""


def make_gift(
    *, card: Card, order_id: UUID, order_line_id: UUID, wrapping: Wrapping, actor: Actor, now: datetime
) -> Gift:
    """Make the gift of an order line, or return the one it has. Part of the transaction that fulfils the
    order.
    """
    with transaction():
        gift_id = new_id()
        gift, is_new = Gift.objects.get_or_create(
            merchant_id=card.merchant_id,
            order_line_id=order_line_id,
            defaults={
                "id": gift_id,
                "card": card,
                "order_id": order_id,
                "recipient_name": wrapping.recipient_name,
                "recipient_email": wrapping.recipient_email,
                "sender_name": wrapping.sender_name,
                "message": wrapping.message,
                "token_hash": gift_token_hash(gift_token(gift_id, 1)),
                "made_at": now,
            },
        )
        if is_new:
            event = GiftMade(
                merchant_id=card.merchant_id,
                subject=gift.public_id,
                card=card.public_id,
                order=public_id("ord", order_id),
            )
            record(event, actor=actor, at=now)
    return gift
