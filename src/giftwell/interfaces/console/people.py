"""What a list needs to know about rows of other apps: places by id, and recipients of cards."""

from collections.abc import Iterable
from uuid import UUID

from giftwell.domain.orders.models import OrderLine
from giftwell.foundation.tenancy.models import Location


def place_names(merchant_id: UUID) -> dict[UUID | None, str]:
    """The merchant's places by id, closed ones too: history keeps its names."""
    return {place.id: place.name for place in Location.objects.filter(merchant_id=merchant_id)}


def lines_of_cards(merchant_id: UUID, card_ids: Iterable[UUID]) -> dict[UUID, OrderLine]:
    """The line that sold each of these cards, with its order; a card that was given away has none."""
    lines = OrderLine.objects.select_related("order").filter(
        merchant_id=merchant_id, card_id__in=list(card_ids), is_load=False
    )
    return {line.card_id: line for line in lines}
