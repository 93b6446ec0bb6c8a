"""What the platform keeps of what is spent, and what it gives back with a refund."""

BASIS_POINTS = 10_000


def commission_on(amount_minor: int, *, bps: int, fixed_minor: int) -> int:
    """The platform's commission: the rate rounded half up, plus the fixed part, and never more than the
    amount.
    """
    rated = (amount_minor * bps + BASIS_POINTS // 2) // BASIS_POINTS
    return min(amount_minor, rated + fixed_minor)


def commission_returned(
    commission_minor: int, *, captured_minor: int, refunded_minor: int, amount_minor: int
) -> int:
    """The part of a redemption's commission that a refund returns.

    Proportional to what is refunded so far, less what earlier refunds returned, so that the last one
    returns it exactly.
    """

    def up_to(refunded: int) -> int:
        return (2 * commission_minor * refunded + captured_minor) // (2 * captured_minor)

    return up_to(refunded_minor + amount_minor) - up_to(refunded_minor)
