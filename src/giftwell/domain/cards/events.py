"""What can happen to a card. Ids and amounts only, never a code. The subject is the card."""

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, kw_only=True)
class CardLoaded(DomainEvent):
    """Value was put onto a card that was active already; `line` names the order's line that paid for it."""

    TYPE: ClassVar[str] = "card.loaded"

    posting: str
    amount_minor: int
    balance_minor: int
    currency: str
    line: str = ""


@dataclass(frozen=True, kw_only=True)
class ValueTransferred(DomainEvent):
    """Part of a card's value went to another card; `balance_minor` is what stayed."""

    TYPE: ClassVar[str] = "card.value_transferred"

    posting: str
    to: str
    amount_minor: int
    balance_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class CardMerged(DomainEvent):
    """All of a card's value went to another card, and the card ended."""

    TYPE: ClassVar[str] = "card.merged"

    posting: str
    into: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class CardSplit(DomainEvent):
    """Value of a card went onto new cards; `amount_minor` is their sum, `balance_minor` what stayed."""

    TYPE: ClassVar[str] = "card.split"

    cards: tuple[str, ...]
    amount_minor: int
    balance_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class CardReplaced(DomainEvent):
    """A lost card ended, and another card with a new code carries its value on."""

    TYPE: ClassVar[str] = "card.replaced"

    posting: str
    by: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class ValueReceived(DomainEvent):
    """Value of another card arrived: by a transfer, a merge, a split or a replacement, as `reason` says.

    The other side of each of these; whoever follows one card sees it here.
    """

    TYPE: ClassVar[str] = "card.value_received"

    posting: str
    sender: str
    reason: str
    amount_minor: int
    balance_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class LoadIssued(DomainEvent):
    """Cards were issued and activated together, as a part of a batch, which is the subject.

    Stands for `card.issued` and `card.activated` of each of its `count` cards, which hold `amount_minor` in
    all. Written by `issue_staged.sql`.
    """

    TYPE: ClassVar[str] = "batch.issued"

    program: str
    count: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class LoadTakenBack(DomainEvent):
    """Untouched cards of a batch, the subject, were closed together, and what they held went back.

    Stands for `card.closed` of each of its `count` cards. Written by `issue_staged.sql`.
    """

    TYPE: ClassVar[str] = "batch.taken_back"

    count: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class CardExpired(DomainEvent):
    """A card's validity was over at `due_at`, and what was left on it, `amount_minor`, has left it."""

    TYPE: ClassVar[str] = "card.expired"

    amount_minor: int
    currency: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class CardReinstated(DomainEvent):
    """An expired card is open again with what it had; `expires_at` is its new end, null for never."""

    TYPE: ClassVar[str] = "card.reinstated"

    amount_minor: int
    currency: str
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CardExpiresSoon(DomainEvent):
    """A card with value on it ends in `days` days or less. Told once for each number of days."""

    TYPE: ClassVar[str] = "card.expires_soon"

    days: int
    expires_at: datetime
    balance_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class AdjustmentRequested(DomainEvent):
    """Somebody wants a card corrected by more than one person may alone. The reason is in the audit."""

    TYPE: ClassVar[str] = "card.adjustment_requested"

    adjustment: str
    source: str
    change_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class AdjustmentApproved(DomainEvent):
    """A second person agreed; `card.adjusted` follows in the same transaction."""

    TYPE: ClassVar[str] = "card.adjustment_approved"

    adjustment: str


@dataclass(frozen=True, kw_only=True)
class AdjustmentDeclined(DomainEvent):
    """A request for an adjustment came to nothing; nothing moved."""

    TYPE: ClassVar[str] = "card.adjustment_declined"

    adjustment: str


@dataclass(frozen=True, kw_only=True)
class AdjustmentApplied(DomainEvent):
    """What is on a card was corrected by `change_minor`, below zero downwards. The reason is in the audit."""

    TYPE: ClassVar[str] = "card.adjusted"

    adjustment: str
    source: str
    change_minor: int
    balance_minor: int
    currency: str
