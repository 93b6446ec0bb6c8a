"""The tables of cards, one file a noun."""

from giftwell.domain.cards.models.adjustment import Adjustment
from giftwell.domain.cards.models.batch import SealedBatch
from giftwell.domain.cards.models.card import (
    Card,
    CardFreeze,
    CloseReason,
    CodeScheme,
    FreezeReason,
    Status,
)
from giftwell.domain.cards.models.expiry import Expiry, ReminderMark
from giftwell.domain.cards.models.limits import IssueDay

__all__ = [
    "Adjustment",
    "Card",
    "CardFreeze",
    "CloseReason",
    "CodeScheme",
    "Expiry",
    "FreezeReason",
    "IssueDay",
    "ReminderMark",
    "SealedBatch",
    "Status",
]
