"""Postings of spending: redeemed or captured, and refunded to the card."""

from giftwell.domain.ledger.chart.legs import Legs, legs


def redeem(*, card: int, pending: int, commission: int, amount_minor: int, commission_minor: int) -> Legs:
    """A card of an escrow program is spent, or its hold captured: the merchant has earned it, less the
    commission.
    """
    return legs((card, pending, amount_minor - commission_minor), (card, commission, commission_minor))


def redeem_issued(*, card: int, issued: int, amount_minor: int) -> Legs:
    """A direct or promotional card is spent, or its hold captured: the merchant owes its holder that much
    less.
    """
    return legs((card, issued, amount_minor))


def refund(*, card: int, pending: int, commission: int, amount_minor: int, commission_minor: int) -> Legs:
    """Part of a redemption of an escrow card goes back to it, with the commission that belongs to it."""
    return legs((pending, card, amount_minor - commission_minor), (commission, card, commission_minor))


def refund_issued(*, card: int, issued: int, amount_minor: int) -> Legs:
    """Part of a redemption of a direct or promotional card goes back to the card."""
    return legs((issued, card, amount_minor))
