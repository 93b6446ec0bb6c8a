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


def capture_tipped(
    *, card: int, pending: int, commission: int, amount_minor: int, tip_minor: int, commission_minor: int
) -> Legs:
    """A hold of an escrow card is captured with a tip. The commission, on both, comes out of the amount, and
    out of the tip only where the amount is less.
    """
    of_amount = min(commission_minor, amount_minor)
    return legs(
        (card, pending, amount_minor - of_amount),
        (card, commission, commission_minor),
        (card, pending, tip_minor - (commission_minor - of_amount)),
    )


def capture_tipped_issued(*, card: int, issued: int, amount_minor: int, tip_minor: int) -> Legs:
    """A hold of a direct or promotional card is captured with a tip."""
    return legs((card, issued, amount_minor), (card, issued, tip_minor))


def unlinked_refund(*, card: int, source: int, amount_minor: int) -> Legs:
    """The merchant puts value on a card without a redemption: out of what it earned (`pending`) for an escrow
    card, as its own liability (`issued`) otherwise.
    """
    return legs((source, card, amount_minor))
