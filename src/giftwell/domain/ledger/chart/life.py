"""Postings of a card's life after its sale: moved to another card, corrected, expired."""

from giftwell.domain.ledger.chart.legs import Legs, legs, mirror


def transfer(*, source: int, target: int, amount_minor: int) -> Legs:
    """Value of one card becomes value of another of the same merchant, currency and funding."""
    return legs((source, target, amount_minor))


def expire(*, card: int, taker: int, amount_minor: int) -> Legs:
    """What is left on an expired card leaves it: to `expired_value` of the platform in escrow, back to the
    merchant's `issued` otherwise. Reinstating is the mirror.
    """
    return legs((card, taker, amount_minor))


def adjust(*, card: int, other: int, change_minor: int) -> Legs:
    """A card gains `change_minor` from the other account, or below zero loses it to that account.

    The other account is the merchant's `payable` in escrow and its `issued` otherwise, or the platform's
    `goodwill`, which only gives.
    """
    whole = legs((other, card, abs(change_minor)))
    return whole if change_minor > 0 else mirror(whole)
