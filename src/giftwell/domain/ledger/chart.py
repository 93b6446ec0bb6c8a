"""The chart of accounts and the postings: which accounts there are, and which legs each kind of posting has.

Pure: account ids and amounts in, legs out. A leg moves one amount from the debited to the credited account,
so whatever is built here balances. Legs of zero are left out. The functions in `sql/` know nothing of these
kinds but which are guarded; the point of sale's SQL builds the same legs for redeem, capture and refund,
and a test compares them.
"""

from dataclasses import dataclass
from enum import StrEnum

BASIS_POINTS = 10_000


class AccountKind(StrEnum):
    """What an account means. Its owner and side follow from its kind."""

    CARD = "card"
    PENDING = "pending"
    PAYABLE = "payable"
    RESERVE = "reserve"
    IN_TRANSIT = "in_transit"
    RECEIVABLE = "receivable"
    ISSUED = "issued"
    BANK = "bank"
    DISPUTED = "disputed"
    UNAPPLIED = "unapplied"
    REFUNDS_DUE = "refunds_due"
    EXPIRED_VALUE = "expired_value"
    ESCHEAT = "escheat"
    COMMISSION = "commission"
    FEES = "fees"
    BREAKAGE = "breakage"
    PROCESSING = "processing"
    LOSSES = "losses"
    GOODWILL = "goodwill"


PROCESSOR = "processor"
"""The kind of a payment processor's account is `processor:<gateway>`, an asset of the platform."""

GUARDED = frozenset(
    {
        AccountKind.CARD,
        AccountKind.PAYABLE,
        AccountKind.RESERVE,
        AccountKind.IN_TRANSIT,
        AccountKind.RECEIVABLE,
    }
)
"""Never below zero, never below what is held. Their balance is in their row; all others are folded."""

MERCHANT_KINDS = GUARDED | {AccountKind.PENDING, AccountKind.ISSUED}
PLATFORM_KINDS = frozenset(AccountKind) - MERCHANT_KINDS

ASSETS = frozenset({AccountKind.RECEIVABLE, AccountKind.ISSUED, AccountKind.BANK, AccountKind.DISPUTED})
INCOME = frozenset({AccountKind.COMMISSION, AccountKind.FEES, AccountKind.BREAKAGE})
EXPENSE = frozenset({AccountKind.PROCESSING, AccountKind.LOSSES, AccountKind.GOODWILL})
LIABILITIES = frozenset(AccountKind) - ASSETS - INCOME - EXPENSE


class PostingKind(StrEnum):
    """What a posting is about. Kinds without a builder below have their place here and come with their
    issue.
    """

    SETTLE = "settle"
    FULFIL = "fulfil"
    ISSUE = "issue"
    REDEEM = "redeem"
    HOLD = "hold"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    REFUND_ORDER = "refund_order"
    REFUND_DUE = "refund_due"
    REFUND_SENT = "refund_sent"
    REVERSAL = "reversal"
    TOMBSTONE = "tombstone"
    EXPIRE = "expire"
    REINSTATE = "reinstate"
    ADJUSTMENT = "adjustment"
    TRANSFER = "transfer"
    RELEASE = "release"
    PAYOUT = "payout"
    PAYOUT_PAID = "payout_paid"
    PAYOUT_FAILED = "payout_failed"
    PROCESSOR_FEE = "processor_fee"
    PROCESSOR_SETTLES = "processor_settles"
    DISPUTE = "dispute"
    DISPUTE_LOST = "dispute_lost"
    DISPUTE_WON = "dispute_won"
    BREAKAGE = "breakage"
    ESCHEAT = "escheat"
    ESCHEAT_REMITTED = "escheat_remitted"


@dataclass(frozen=True, slots=True)
class Leg:
    """One amount in minor units from one account to another, both by id."""

    debit: int
    credit: int
    amount_minor: int


Legs = tuple[Leg, ...]


def _legs(*parts: tuple[int, int, int]) -> Legs:
    return tuple(Leg(debit, credit, amount) for debit, credit, amount in parts if amount != 0)


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


def settle(*, processor: int, unapplied: int, paid_minor: int) -> Legs:
    """A buyer's payment arrived at the processor; nothing is delivered for it yet."""
    return _legs((processor, unapplied, paid_minor))


def fulfil(
    *, unapplied: int, card: int, pending: int, fees: int,
    value_minor: int, discount_minor: int = 0, fee_minor: int = 0,
) -> Legs:  # fmt: skip
    """A paid card of an escrow program gets its value; the merchant pays its own discount, the buyer the
    fee.
    """
    return _legs(
        (unapplied, card, value_minor - discount_minor),
        (pending, card, discount_minor),
        (unapplied, fees, fee_minor),
    )


def issue(*, issued: int, card: int, value_minor: int) -> Legs:
    """A card of a promotional program gets its value: the merchant owes it to the holder, nobody paid."""
    return _legs((issued, card, value_minor))


def issue_collected(
    *, issued: int, card: int, receivable: int, commission: int, value_minor: int, commission_minor: int
) -> Legs:
    """A card of a direct program that the merchant itself was paid for: it owes the platform the
    commission.
    """
    return _legs((receivable, commission, commission_minor), (issued, card, value_minor))


def redeem(*, card: int, pending: int, commission: int, amount_minor: int, commission_minor: int) -> Legs:
    """A card of an escrow program is spent, or its hold captured: the merchant has earned it, less the
    commission.
    """
    return _legs((card, pending, amount_minor - commission_minor), (card, commission, commission_minor))


def redeem_issued(*, card: int, issued: int, amount_minor: int) -> Legs:
    """A direct or promotional card is spent, or its hold captured: the merchant owes its holder that much
    less.
    """
    return _legs((card, issued, amount_minor))


def refund(*, card: int, pending: int, commission: int, amount_minor: int, commission_minor: int) -> Legs:
    """Part of a redemption of an escrow card goes back to it, with the commission that belongs to it."""
    return _legs((pending, card, amount_minor - commission_minor), (commission, card, commission_minor))


def refund_issued(*, card: int, issued: int, amount_minor: int) -> Legs:
    """Part of a redemption of a direct or promotional card goes back to the card."""
    return _legs((issued, card, amount_minor))


def refund_order(
    *, card: int, pending: int, refunds_due: int, unspent_minor: int, discount_minor: int
) -> Legs:
    """Unspent value of a sold escrow card goes back: first the merchant's discount, the rest to the
    buyer.

    `discount_minor` is what of the discount no earlier refund gave back. The buyer's fee is not refunded.
    """
    discount = min(discount_minor, unspent_minor)
    return _legs((card, pending, discount), (card, refunds_due, unspent_minor - discount))


def refund_due(*, unapplied: int, refunds_due: int, paid_minor: int) -> Legs:
    """A payment that nothing can be delivered for (late, mismatched, of a dead order) is owed back to the
    buyer.
    """
    return _legs((unapplied, refunds_due, paid_minor))


def refund_sent(*, refunds_due: int, processor: int, amount_minor: int) -> Legs:
    """What was owed to a buyer has left through the processor."""
    return _legs((refunds_due, processor, amount_minor))


def mirror(legs: Legs) -> Legs:
    """The exact opposite of a posting's legs."""
    return tuple(Leg(leg.credit, leg.debit, leg.amount_minor) for leg in legs)
