"""Where a card came from and what became of it: lost cards and their replacements, parts and their whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from giftwell.domain.cards.events import CardActivated, ValueReceived
from giftwell.domain.cards.models import Card
from giftwell.foundation.events.models import Event

LONGEST = 100
"""More replacements than a person makes; a bound so that a walk ends."""


@dataclass(frozen=True, slots=True)
class Kin:
    """The cards around one: what it carries on or is a part of, what carries it on, and its lost ones."""

    origin: Card | None
    successor: Card | None
    earlier: list[Card]

    @property
    def earlier_ids(self) -> list[UUID]:
        """The ids of the lost cards that this one carries on."""
        return [card.id for card in self.earlier]

    @property
    def earlier_last4s(self) -> dict[str, str]:
        """Their last fours by public id."""
        return {card.public_id: card.last4 for card in self.earlier}


def kin_of(card: Card) -> Kin:
    """The cards around this one; for a card without any it costs one read."""
    earlier = predecessors_of(card)
    origin = earlier[0] if earlier else None
    if card.split_from_id is not None:
        origin = Card.objects.get(merchant_id=card.merchant_id, id=card.split_from_id)
    successor = Card.objects.filter(merchant_id=card.merchant_id, replaces=card).first()
    return Kin(origin=origin, successor=successor, earlier=earlier)


def predecessors_of(card: Card) -> list[Card]:
    """The lost cards whose value this one carries on, the latest first."""
    found: list[Card] = []
    earlier = card.replaces_id
    while earlier is not None and len(found) < LONGEST:
        found.append(Card.objects.get(merchant_id=card.merchant_id, id=earlier))
        earlier = found[-1].replaces_id
    return found


def told_once(events: Sequence[Event]) -> list[Event]:
    """The events without the activation of each card that began out of another one.

    Such a card received its value at that moment, and that is told as it was; its activation would say the
    same again. Reads nothing.
    """
    came = [one for one in events if one.type == ValueReceived.TYPE]
    born = {one.subject for one in came if one.data["reason"] in {"split", "replacement"}}
    return [one for one in events if one.type != CardActivated.TYPE or one.subject not in born]


def was_sold(card: Card) -> bool:
    """Whether an order sold this card, or the one whose value it was opened to carry."""
    for _ in range(LONGEST):
        earlier = card.replaces_id or card.split_from_id
        if card.order_line_id is not None or earlier is None:
            break
        card = Card.objects.get(merchant_id=card.merchant_id, id=earlier)
    return card.order_line_id is not None


def carried_on(card: Card) -> Card:
    """The card that carries this one's value on now: the last of its replacements, or itself."""
    for _ in range(LONGEST):
        later = Card.objects.filter(merchant_id=card.merchant_id, replaces=card).first()
        if later is None:
            break
        card = later
    return card
