"""The chart of accounts and the postings: which accounts there are, and which legs each kind of posting has.

Pure: account ids and amounts in, legs out. A leg moves one amount from the debited to the credited account,
so whatever is built here balances. Legs of zero are left out. The functions in `sql/` know nothing of these
kinds but which are guarded; the point of sale's SQL builds the same legs for redeem, capture and refund,
and a test compares them.
"""

from giftwell.domain.ledger.chart.accounts import (
    ASSETS,
    EXPENSE,
    GUARDED,
    INCOME,
    LIABILITIES,
    MERCHANT_KINDS,
    PLATFORM_KINDS,
    PROCESSOR,
    AccountKind,
)
from giftwell.domain.ledger.chart.commission import (
    BASIS_POINTS,
    commission_on,
    commission_returned,
)
from giftwell.domain.ledger.chart.kinds import (
    PostingKind,
)
from giftwell.domain.ledger.chart.legs import (
    Leg,
    Legs,
    legs,
    mirror,
)
from giftwell.domain.ledger.chart.life import (
    adjust,
    expire,
    transfer,
)
from giftwell.domain.ledger.chart.sale import (
    fulfil,
    fulfil_direct,
    issue,
    issue_collected,
    refund_due,
    refund_order,
    refund_order_direct,
    refund_sent,
    settle,
)
from giftwell.domain.ledger.chart.spending import (
    capture_tipped,
    capture_tipped_issued,
    redeem,
    redeem_issued,
    refund,
    refund_issued,
    unlinked_refund,
)

__all__ = [
    "ASSETS",
    "BASIS_POINTS",
    "EXPENSE",
    "GUARDED",
    "INCOME",
    "LIABILITIES",
    "MERCHANT_KINDS",
    "PLATFORM_KINDS",
    "PROCESSOR",
    "AccountKind",
    "Leg",
    "Legs",
    "PostingKind",
    "adjust",
    "capture_tipped",
    "capture_tipped_issued",
    "commission_on",
    "commission_returned",
    "expire",
    "fulfil",
    "fulfil_direct",
    "issue",
    "issue_collected",
    "legs",
    "mirror",
    "redeem",
    "redeem_issued",
    "refund",
    "refund_due",
    "refund_issued",
    "refund_order",
    "refund_order_direct",
    "refund_sent",
    "settle",
    "transfer",
    "unlinked_refund",
]
