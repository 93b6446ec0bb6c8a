"""Send a gift on its way: queue the mail with its link, once."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.models import Card
from giftwell.domain.delivery.events import GiftQueued
from giftwell.domain.delivery.links import UnknownGift, gift_link
from giftwell.domain.delivery.models import Gift
from giftwell.foundation.events.record import record
from giftwell.foundation.messaging.queue_message import queue_message
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.actor import Actor
from giftwell.kit.money import Money, format_money

GROUND, INK = "oklch(0.35 0.05 228)", "oklch(0.985 0.01 85)"


def send_gifts(*, merchant_id: UUID, order_id: UUID, actor: Actor, now: datetime) -> int:
    """Send every gift of an order that has an address and was not sent; return how many were queued now."""
    with scope.merchant(merchant_id):
        with reading():
            waiting = Gift.objects.filter(merchant_id=merchant_id, order_id=order_id, queued_at=None)
            gift_ids = list(waiting.exclude(recipient_email="").order_by("pk").values_list("pk", flat=True))
        sent = [send_gift(merchant_id=merchant_id, gift_id=pk, actor=actor, now=now) for pk in gift_ids]
    return sum(sent)


def send_gift(*, merchant_id: UUID, gift_id: UUID, actor: Actor, now: datetime) -> bool:
    """Queue the gift's mail, and say whether this call did. Repeating it, or two at once, sends one mail.

    A gift without an address, and one whose card is not active any more, is left alone. Raises UnknownGift.
    """
    with scope.merchant(merchant_id), transaction():
        gift = Gift.objects.for_update().filter(merchant_id=merchant_id, pk=gift_id).first()
        if gift is None:
            raise UnknownGift
        card = Card.objects.select_related("design").get(pk=gift.card_id, merchant_id=merchant_id)
        if gift.queued_at or not gift.recipient_email or card.status != "active":
            return False
        merchant = Merchant.objects.get(pk=merchant_id)
        message = queue_message(
            "gift",
            merchant_id=merchant_id,
            channel="email",
            recipient=gift.recipient_email,
            context=_context(gift, card, merchant),
            actor=actor,
            now=now,
            cause=gift.public_id,
        )
        gift.queued_at, gift.message_id = now, message.id
        gift.save(update_fields=["queued_at", "message_id"])
        event = GiftQueued(
            merchant_id=merchant_id,
            subject=gift.public_id,
            card=card.public_id,
            message=message.public_id,
        )
        record(event, actor=actor, at=now)
    return True


def _context(gift: Gift, card: Card, merchant: Merchant) -> dict[str, str]:
    """What the mail says. The link is in it and the code is not: a mail is kept by many hands."""
    return {
        "recipient_name": gift.recipient_name,
        "sender_name": gift.sender_name,
        "message": gift.message,
        "merchant_name": merchant.name,
        "amount": format_money(Money(card.face_value_minor, card.currency), merchant.locale),
        "link": gift_link(gift.id, gift.token_version),
        "ground": card.design.ground if card.design else GROUND,
        "ink": card.design.ink if card.design else INK,
    }
