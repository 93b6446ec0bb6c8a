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
    """Part of a redemption went back to its card, or (`instead_of`: the closed one) to the card that carries
    it on.
    """

    TYPE: ClassVar[str] = "redemption.refunded"

    refund: str
    redemption: str
    amount_minor: int
    currency: str
    balance_minor: int
    commission_minor: int
    instead_of: str | None


@dataclass(frozen=True, kw_only=True)
class CardRefunded(DomainEvent):
    """The merchant put value on a card without a redemption that it comes from: an unlinked refund."""

    TYPE: ClassVar[str] = "card.refunded"

    refund: str
    amount_minor: int
    currency: str
    balance_minor: int
    location: str | None


@dataclass(frozen=True, kw_only=True)
class RedemptionReversed(DomainEvent):
    """A redemption was undone as a whole, as if it had not been made."""

    TYPE: ClassVar[str] = "redemption.reversed"

    redemption: str
    amount_minor: int
    currency: str
    balance_minor: int
    commission_minor: int


@dataclass(frozen=True, kw_only=True)
class RefundReversed(DomainEvent):
    """A refund was undone: its value left the card again. An unlinked one has no redemption."""

    TYPE: ClassVar[str] = "refund.reversed"

    refund: str
    redemption: str | None
    amount_minor: int
    currency: str
    balance_minor: int
    commission_minor: int


@dataclass(frozen=True, kw_only=True)
class LoadReversed(DomainEvent):
    """A load was undone: its value left the card again."""

    TYPE: ClassVar[str] = "load.reversed"

    load: str
    amount_minor: int
    currency: str
    balance_minor: int


@dataclass(frozen=True, kw_only=True)
class RequestPrevented(DomainEvent):
    """A key was reversed before its request came: that request will be refused. The subject is a posting."""

    TYPE: ClassVar[str] = "request.prevented"

    key: str
