"""The tables of cards, one file a noun."""

from giftwell.domain.cards.models.card import (
    Card,
    CardFreeze,
    CloseReason,
    CodeScheme,
    FreezeReason,
    Status,
)

__all__ = ["Card", "CardFreeze", "CloseReason", "CodeScheme", "FreezeReason", "Status"]
