"""The recipient unwraps a gift."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.models import Card
from giftwell.domain.delivery.events import GiftOpened
from giftwell.domain.delivery.links import UnknownGift
from giftwell.domain.delivery.models import Gift
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def open_gift(*, merchant_id: UUID, gift_id: UUID, actor: Actor, now: datetime) -> Gift:
    """Note that the gift was unwrapped; only the first time counts. Raises UnknownGift."""
    with scope.merchant(merchant_id), transaction():
        gift = Gift.objects.for_update().filter(merchant_id=merchant_id, pk=gift_id).first()
        if gift is None:
            raise UnknownGift
        if gift.opened_at is None:
            gift.opened_at = now
            gift.save(update_fields=["opened_at"])
            card = Card.objects.only("id").get(pk=gift.card_id, merchant_id=merchant_id)
            event = GiftOpened(merchant_id=merchant_id, subject=gift.public_id, card=card.public_id)
            record(event, actor=actor, at=now)
    return gift
