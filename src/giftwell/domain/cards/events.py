"""What can happen to a card. Ids and amounts only, never a code. The subject is the card."""

from dataclasses import dataclass
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CardIssued(DomainEvent):
    """A card exists. Its face value is a promise until it is activated."""

    TYPE: ClassVar[str] = "card.issued"

    program: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class CardActivated(DomainEvent):
    """A card was loaded and has a code: from now on it can be spent."""

    TYPE: ClassVar[str] = "card.activated"

    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class CardCancelled(DomainEvent):
    """A card that was never loaded ended."""

    TYPE: ClassVar[str] = "card.cancelled"


@dataclass(frozen=True, kw_only=True)
class CardFrozen(DomainEvent):
    """Someone had a reason to stop a card."""

    TYPE: ClassVar[str] = "card.frozen"

    reason: str


@dataclass(frozen=True, kw_only=True)
class CardUnfrozen(DomainEvent):
    """One reason to stop a card is over; `is_active` says whether it was the last."""

    TYPE: ClassVar[str] = "card.unfrozen"

    reason: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class CardClosed(DomainEvent):
    """A card ended. `returned_minor` is the value that went back to the merchant that had given it away."""

    TYPE: ClassVar[str] = "card.closed"

    reason: str
    returned_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class CardKept(DomainEvent):
    """A signed-in person put the card into their wallet."""

    TYPE: ClassVar[str] = "card.kept"

    holder: str


@dataclass(frozen=True, kw_only=True)
class CodeRevealed(DomainEvent):
    """Someone was shown the code. Who it was is the event's actor."""

    TYPE: ClassVar[str] = "card.code_revealed"
