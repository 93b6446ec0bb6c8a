"""The one way to hold a card still: its ledger account first, then its row, then a look.

Everything that moves the card's money takes the account's lock first. Taking it here too, and reading the row
in a later statement, means that a freeze sees the redemption that came before it and stops the one that comes
after.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.models import Card
from giftwell.domain.ledger.lock import lock
from giftwell.kit.errors import NotFound


class CardNotFound(NotFound):
    """No such card, or another merchant's: the two are never told apart."""

    code = "card_not_found"
    detail = "There is no such card."


def locked_card(merchant_id: UUID, card_id: UUID, now: datetime, *, also: Iterable[int] = ()) -> Card:
    """The card, locked till the transaction ends, its overdue holds let go. Raises `CardNotFound`.

    `also` names further guarded accounts that the transaction will move value of: one call, one order.
    """
    return locked_cards(merchant_id, [card_id], now, also=also)[0]


def locked_cards(
    merchant_id: UUID, card_ids: Sequence[UUID], now: datetime, *, also: Iterable[int] = ()
) -> list[Card]:
    """All of these cards, locked, in id order. Raises `CardNotFound` where one is not this merchant's."""
    mine = Card.objects.filter(merchant_id=merchant_id, id__in=card_ids)
    # A card's account never changes, so it may be read before the lock.
    lock([*mine.values_list("account_id", flat=True), *also], now=now)
    cards = list(mine.select_related("program", "merchant").for_update())
    if len(cards) != len(set(card_ids)):
        raise CardNotFound
    return cards
