"""What can happen to orders. Ids and amounts only: these are a public contract."""

from dataclasses import dataclass
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(DomainEvent):
    """A buyer asked for cards. Nothing is sold yet."""

    TYPE: ClassVar[str] = "order.placed"

    total_minor: int
    currency: str
    cards: int


@dataclass(frozen=True, kw_only=True)
class OrderFulfilled(DomainEvent):
    """The cards of a paid order have their value and their codes, and its gifts can be sent."""

    TYPE: ClassVar[str] = "order.fulfilled"

    payment: str
    total_minor: int
    currency: str
    cards: int


@dataclass(frozen=True, kw_only=True)
class OrderExpired(DomainEvent):
    """Nobody paid in time. Its cards are cancelled; they never had a code."""

    TYPE: ClassVar[str] = "order.expired"


@dataclass(frozen=True, kw_only=True)
class OrderReturned(DomainEvent):
    """It was paid, but the card to load could take it no more: the money goes back. `reason` is why."""

    TYPE: ClassVar[str] = "order.returned"

    payment: str
    reason: str
    total_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class OrderCardRefunded(DomainEvent):
    """Unspent value was taken off a sold card and is owed to the payer."""

    TYPE: ClassVar[str] = "order.card_refunded"

    line: str
    card: str
    refund: str
    value_minor: int
    amount_minor: int
    currency: str
