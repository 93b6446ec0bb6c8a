"""Where a card came from and what became of it: lost cards and their replacements, parts and their whole."""

from giftwell.domain.cards.models import Card

LONGEST = 100
"""More replacements than a person makes; a bound so that a walk ends."""


def predecessors_of(card: Card) -> list[Card]:
    """The lost cards whose value this one carries on, the latest first."""
    found: list[Card] = []
    earlier = card.replaces_id
    while earlier is not None and len(found) < LONGEST:
        found.append(Card.objects.get(merchant_id=card.merchant_id, id=earlier))
        earlier = found[-1].replaces_id
    return found


def carried_on(card: Card) -> Card:
    """The card that carries this one's value on now: the last of its replacements, or itself."""
    for _ in range(LONGEST):
        later = Card.objects.filter(merchant_id=card.merchant_id, replaces=card).first()
        if later is None:
            break
        card = later
    return card
