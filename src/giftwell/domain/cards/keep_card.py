"""Put a card into a person's wallet."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.events import CardKept
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, Status
from giftwell.domain.cards.refusals import CardIsPending
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused
from giftwell.kit.ids import public_id


class CardIsKept(Refused):
    """Another person has the card in their wallet."""

    code = "card_is_kept"
    detail = "This card is in somebody's wallet already."


def keep_card(*, merchant_id: UUID, card_id: UUID, holder_id: UUID, actor: Actor, now: datetime) -> Card:
    """Make `holder_id` (a person) the card's holder; for the one who is it already, nothing changes.

    The caller has checked that the person showed the gift's link or the code. Raises `CardNotFound`,
    `CardIsPending`, `CardIsKept`.
    """
    with scope.merchant(merchant_id), transaction():
        card = Card.objects.for_update().filter(merchant_id=merchant_id, id=card_id).first()
        if card is None:
            raise CardNotFound
        if card.holder_id == holder_id:
            return card
        if card.holder_id is not None:
            raise CardIsKept
        if card.status == Status.PENDING:
            raise CardIsPending
        card.holder_id = holder_id
        card.save(update_fields=["holder_id"])
        event = CardKept(merchant_id=merchant_id, subject=card.public_id, holder=public_id("usr", holder_id))
        record(event, actor=actor, at=now)
    return card
