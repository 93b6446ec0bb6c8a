"""What can happen in redemption. The functions in `sql/` write these rows; the classes say their shape, and
a test compares. The subject is the card, so that its timeline is one look-up.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class RedemptionMade(DomainEvent):
    """Value of a card was spent, at once or (`authorization`) by capturing a hold."""

    TYPE: ClassVar[str] = "redemption.made"

    redemption: str
    amount_minor: int
    currency: str
    balance_minor: int
    commission_minor: int
    location: str | None
    authorization: str | None


@dataclass(frozen=True, kw_only=True)
class AuthorizationPlaced(DomainEvent):
    """Value of a card was set aside."""

    TYPE: ClassVar[str] = "authorization.placed"

    authorization: str
    amount_minor: int
    currency: str
    available_minor: int
    location: str | None
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class AuthorizationVoided(DomainEvent):
    """Value that was set aside can be spent again."""

    TYPE: ClassVar[str] = "authorization.voided"

    authorization: str
    amount_minor: int
    currency: str
    available_minor: int


@dataclass(frozen=True, kw_only=True)
class RedemptionRefunded(DomainEvent):
    """Part of a redemption went back to its card."""

    TYPE: ClassVar[str] = "redemption.refunded"

    refund: str
    redemption: str
    amount_minor: int
    currency: str
    balance_minor: int
    commission_minor: int
