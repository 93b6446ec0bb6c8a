"""The nouns of the model. Everything is known by its number, in the order it came to be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.laws.simulator.oracle.books import Books

HIGHEST = 999_999_999_999
WEEK = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """The terms of a family of cards. A card is issued and loaded with at most `highest`, holds at most
    `most`, and spends at most `day` on one day.
    """

    funding: str
    bps: int = 0
    fixed: int = 0
    fee: int = 0
    days: int | None = None
    highest: int = 100_000
    most: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class MerchantFacts:
    """A merchant: its currency, and its programs in order."""

    currency: str
    programs: tuple[ProgramFacts, ...]


@dataclass(slots=True)
class CardFacts:
    """A card. `freezes` are the reasons that stand, `line` the order's line that sells it, `is_sold` whether
    that line or one before it did, `replaced_by` the card that carries it on, `expired` what was taken off it
    at each end of its validity.
    """

    number: int
    merchant: int
    program: int
    face: int
    status: str
    expires_at: datetime | None = None
    freezes: set[str] = field(default_factory=set)
    close_reason: str = ""
    line: int | None = None
    is_sold: bool = False
    replaced_by: int | None = None
    expired: list[int] = field(default_factory=list)

    def is_over(self, at: datetime) -> bool:
        """Whether its validity is."""
        return self.expires_at is not None and at >= self.expires_at


@dataclass(slots=True)
class HoldFacts:
    """An authorization; `state` is live until a capture, a void, or the first look after its end."""

    card: int
    amount: int
    expires_at: datetime
    state: str = "live"
    captured: int = 0
    taken: list["RedemptionFacts"] = field(default_factory=list)

    @property
    def left(self) -> int:
        """What is still held while it lives."""
        return self.amount - self.captured


@dataclass(slots=True)
class RedemptionFacts:
    """A redemption with its tip, and its refunds."""

    card: int
    amount: int
    commission: int
    tip: int = 0
    at: datetime | None = None
    reversed: bool = False
    refunds: list["RefundFacts"] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        """What went back, for good."""
        return sum(refund.amount for refund in self.refunds if not refund.reversed)

    def commission_due(self, amount: int) -> int:
        """What of the commission a further refund of `amount` carries: the share of all that went back, to
        the nearest unit, less what earlier refunds carried.
        """
        share = (2 * self.commission * (self.refunded + amount) + self.amount) // (2 * self.amount)
        before = sum(refund.commission for refund in self.refunds if not refund.reversed)
        return min(amount, max(0, share - before))


@dataclass(slots=True)
class RefundFacts:
    """A refund of a redemption, or of none."""

    amount: int
    commission: int = 0
    at: datetime | None = None
    reversed: bool = False


@dataclass(slots=True)
class LoadFacts:
    """A load of a card."""

    amount: int
    reversed: bool = False


@dataclass(slots=True)
class Effect:
    """What a key of the ledger did: its kind, when, to which card, by which legs, and what it made."""

    kind: str
    card: int
    made: HoldFacts | RedemptionFacts | RefundFacts | LoadFacts | None = None
    at: datetime | None = None
    legs: list[tuple[str, str, int]] = field(default_factory=list)
    undone: "Answer | None" = None


@dataclass(slots=True)
class LineFacts:
    """An order's line: the card it sells or, where it `is_load`, loads, and what the buyer and the merchant
    put on it.
    """

    card: int
    value: int
    price: int
    fee: int
    discount_back: int = 0
    value_back: int = 0
    money_back: int = 0
    commission: int = 0
    is_load: bool = False


@dataclass(slots=True)
class OrderFacts:
    """An order; `status` is placed, paid, fulfilled or returned."""

    merchant: int
    lines: list[int]
    status: str = "placed"


@dataclass(slots=True)
class AdjustmentFacts:
    """A correction of a card, asked for by a person; `lapses_at` is there where another has to approve it."""

    card: int
    change: int
    source: str
    by: int
    at: datetime
    state: str
    lapses_at: datetime | None = None
    decided_by: int | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """What one client asks: a verb, its fields by the names of the API, and a key where it takes one."""

    verb: str
    merchant: int
    fields: Mapping[str, Any]
    key: str = ""

    def __str__(self) -> str:
        fields = " ".join(f"{name}={value}" for name, value in self.fields.items())
        return f"m{self.merchant} {self.verb} {fields} key={self.key[:40]!r}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What should be answered. `made` are the handles of what came into being; `differs` names the fields
    of a conflict.
    """

    outcome: str
    amount: int | None = None
    balance: int | None = None
    available: int | None = None
    made: tuple[str, ...] = ()
    differs: frozenset[str] = frozenset()

    @property
    def figures(self) -> tuple[str, int | None, int | None, int | None]:
        """What an answer must agree on."""
        return self.outcome, self.amount, self.balance, self.available


class No(Exception):
    """A refusal, by its code."""

    @property
    def code(self) -> str:
        """The reason."""
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Verb:
    """How clients ask for something, and what should come of it.

    `propose` may answer None where there is nothing to ask for. `locks` are the cards whose overdue holds are
    let go before the first row of a call is judged. `batched` verbs also come as many rows in one call.
    """

    name: str
    weight: int
    propose: Callable[[Random, "Books"], Command | None]
    step: Callable[["Books", Command, datetime], Answer]
    locks: Callable[["Books", Command], Iterable[int]] = lambda _books, _command: ()
    batched: bool = False
