"""Show the code of an unwrapped gift to whoever has its link."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.refusals import CardIsClosed, CardIsPending
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.delivery.links import UnknownGift
from giftwell.domain.delivery.models import Gift
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class GiftIsFrozen(Refused):
    """The card cannot be spent now, so its code is not shown either."""

    code = "card_is_frozen"
    detail = "This card is frozen at the moment. Its value is safe; ask the shop."


def reveal_gift(*, merchant_id: UUID, gift_id: UUID, actor: Actor, now: datetime) -> str:
    """The plain code of a gift's card, 17 characters, written down as shown to `actor`.

    Only while the card is active. Raises UnknownGift, CardIsPending, GiftIsFrozen, CardIsClosed.
    """
    with scope.merchant(merchant_id), transaction():
        gift = Gift.objects.filter(merchant_id=merchant_id, pk=gift_id).first()
        if gift is None:
            raise UnknownGift
        # The row is held, so that a freeze or a refund at this moment is either seen or comes after.
        card = Card.objects.for_update().get(merchant_id=merchant_id, pk=gift.card_id)
        if card.status == "closed":
            raise CardIsClosed
        if card.status == "frozen":
            raise GiftIsFrozen
        if card.status != "active":
            raise CardIsPending
        return reveal_code(merchant_id=merchant_id, card_id=card.id, actor=actor, now=now)
