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
    """The terms of a family of cards."""

    funding: str
    bps: int = 0
    fixed: int = 0
    fee: int = 0
    days: int | None = None


@dataclass(frozen=True, slots=True)
class MerchantFacts:
    """A merchant: its currency, and its programs in order."""

    currency: str
    programs: tuple[ProgramFacts, ...]


@dataclass(slots=True)
class CardFacts:
    """A card. `freezes` are the reasons that stand; `line` is the order's line that sells it."""

    number: int
    merchant: int
    program: int
    face: int
    status: str
    expires_at: datetime | None = None
    freezes: set[str] = field(default_factory=set)
    close_reason: str = ""
    line: int | None = None

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


@dataclass(slots=True)
class RedemptionFacts:
    """A redemption, what of it went back, and what of its commission."""

    card: int
    amount: int
    commission: int
    refunded: int = 0
    reversed: bool = False

    def commission_of(self, part: int) -> int:
        """The share of the commission that the first `part` of it carries, to the nearest unit."""
        return (2 * self.commission * part + self.amount) // (2 * self.amount)


@dataclass(slots=True)
class LineFacts:
    """A sold card's line: the card, and what the buyer and the merchant put on it."""

    card: int
    value: int
    price: int
    fee: int
    discount_back: int = 0


@dataclass(slots=True)
class OrderFacts:
    """An order; `status` is placed, paid or fulfilled."""

    merchant: int
    lines: list[int]
    status: str = "placed"


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
