"""Postings of a sale: paid, fulfilled, issued, and given back to the buyer."""

from giftwell.domain.ledger.chart.legs import Legs, legs


def settle(*, processor: int, unapplied: int, paid_minor: int) -> Legs:
    """A buyer's payment arrived at the processor; nothing is delivered for it yet."""
    return legs((processor, unapplied, paid_minor))


def fulfil(
    *, unapplied: int, card: int, pending: int, fees: int,
    value_minor: int, discount_minor: int = 0, fee_minor: int = 0,
) -> Legs:  # fmt: skip
    """A paid card of an escrow program gets its value; the merchant pays its own discount, the buyer the
    fee.
    """
    return legs(
        (unapplied, card, value_minor - discount_minor),
        (pending, card, discount_minor),
        (unapplied, fees, fee_minor),
    )


def fulfil_direct(
    *, unapplied: int, card: int, pending: int, commission: int, issued: int, fees: int,
    value_minor: int, price_minor: int, commission_minor: int, fee_minor: int = 0,
) -> Legs:  # fmt: skip
    """A paid card of a direct program gets its value: the merchant has earned the price, less the commission,
    and owes its holder the value, a discount too.
    """
    return legs(
        (unapplied, pending, price_minor - commission_minor),
        (unapplied, commission, commission_minor),
        (issued, card, value_minor),
        (unapplied, fees, fee_minor),
    )


def issue(*, issued: int, card: int, value_minor: int) -> Legs:
    """A card of a promotional program gets its value: the merchant owes it to the holder, nobody paid."""
    return legs((issued, card, value_minor))


def issue_collected(
    *, issued: int, card: int, receivable: int, commission: int, value_minor: int, commission_minor: int
) -> Legs:
    """A card of a direct program that the merchant itself was paid for: it owes the platform the
    commission.
    """
    return legs((receivable, commission, commission_minor), (issued, card, value_minor))


def refund_order(
    *, card: int, pending: int, refunds_due: int, unspent_minor: int, discount_minor: int
) -> Legs:
    """Unspent value of a sold escrow card goes back: first the merchant's discount, the rest to the
    buyer.

    `discount_minor` is what of the discount no earlier refund gave back. The buyer's fee is not refunded.
    """
    discount = min(discount_minor, unspent_minor)
    return legs((card, pending, discount), (card, refunds_due, unspent_minor - discount))


def refund_order_direct(
    *, card: int, issued: int, pending: int, commission: int, refunds_due: int,
    value_minor: int, amount_minor: int, commission_minor: int,
) -> Legs:  # fmt: skip
    """Unspent value of a sold direct card goes back: the merchant owes it no longer, and returns the money.

    `amount_minor` goes to the buyer, of it `commission_minor` out of what the platform had kept.
    """
    return legs(
        (card, issued, value_minor),
        (pending, refunds_due, amount_minor - commission_minor),
        (commission, refunds_due, commission_minor),
    )


def refund_due(*, unapplied: int, refunds_due: int, paid_minor: int) -> Legs:
    """A payment that nothing can be delivered for (late, mismatched, of a dead order) is owed back to the
    buyer.
    """
    return legs((unapplied, refunds_due, paid_minor))


def refund_sent(*, refunds_due: int, processor: int, amount_minor: int) -> Legs:
    """What was owed to a buyer has left through the processor."""
    return legs((refunds_due, processor, amount_minor))
