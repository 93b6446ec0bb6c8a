"""Which accounts there are, who owns them, and on which side they stand."""

from enum import StrEnum


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
    }
)
"""Never below zero, never below what is held. Their balance is in their row; all others are folded. Only a
liability can be guarded: `receivable` is an asset, whose balance of credits less debits is never above zero.
"""

MERCHANT_KINDS = GUARDED | {AccountKind.PENDING, AccountKind.RECEIVABLE, AccountKind.ISSUED}
PLATFORM_KINDS = frozenset(AccountKind) - MERCHANT_KINDS

ASSETS = frozenset({AccountKind.RECEIVABLE, AccountKind.ISSUED, AccountKind.BANK, AccountKind.DISPUTED})
INCOME = frozenset({AccountKind.COMMISSION, AccountKind.FEES, AccountKind.BREAKAGE})
EXPENSE = frozenset({AccountKind.PROCESSING, AccountKind.LOSSES, AccountKind.GOODWILL})
LIABILITIES = frozenset(AccountKind) - ASSETS - INCOME - EXPENSE
