"""The model's books: accounts by name, what exists, which keys had which effect, what was told of it.

Double entry written once more: every movement names the account that gives and the one that takes.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.laws.simulator.oracle.facts import (
    AdjustmentFacts,
    Answer,
    CardFacts,
    Command,
    Effect,
    HoldFacts,
    LineFacts,
    MerchantFacts,
    No,
    OrderFacts,
    ProgramFacts,
    RedemptionFacts,
    RefundFacts,
)

Step = Callable[["Books", Command, datetime], Answer]


@dataclass(slots=True)
class Books:
    """Everything that should be true. `known` are the handles whose ids a client has been told; `may_open`
    says whether the call brings codes for cards that have to be opened; `elsewhere` are the keys of requests
    that need not move value.
    """

    merchants: list[MerchantFacts]
    cards: list[CardFacts] = field(default_factory=list)
    holds: list[HoldFacts] = field(default_factory=list)
    on_card: defaultdict[int, list[HoldFacts]] = field(default_factory=lambda: defaultdict(list))
    redemptions: list[RedemptionFacts] = field(default_factory=list)
    taken_by: defaultdict[int, list[RedemptionFacts]] = field(default_factory=lambda: defaultdict(list))
    orders: list[OrderFacts] = field(default_factory=list)
    lines: list[LineFacts] = field(default_factory=list)
    adjustments: list[AdjustmentFacts] = field(default_factory=list)
    unlinked: dict[int, list[RefundFacts]] = field(default_factory=dict)
    accounts: Counter[str] = field(default_factory=Counter)
    legs: int = 0
    moved: list[tuple[str, str, int]] = field(default_factory=list)
    effects: dict[tuple[int, str], Effect] = field(default_factory=dict)
    latest: Effect | None = None
    may_open: bool = True
    keys: dict[tuple[str, int, str], tuple[Command, Answer]] = field(default_factory=dict)
    buried: set[tuple[int, str]] = field(default_factory=set)
    elsewhere: set[tuple[int, str]] = field(default_factory=set)
    events: Counter[tuple[int, str]] = field(default_factory=Counter)
    refused: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    known: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def move(self, debit: str, credit: str, amount: int) -> None:
        """Value goes from one account to the other."""
        if amount:
            self.accounts[debit] -= amount
            self.accounts[credit] += amount
            self.legs += 1
            self.moved.append((debit, credit, amount))

    def tell(self, merchant: int, event: str, count: int = 1) -> None:
        """Something happened."""
        self.events[merchant, event] += count

    def learn(self, handle: str, merchant: int) -> None:
        """A client was told the id of this."""
        kind, _, number = handle.partition(":")
        known = self.known.setdefault((kind, merchant), [])
        if int(number) not in known:
            known.append(int(number))

    def program(self, card: int) -> ProgramFacts:
        """The terms of a card."""
        return self.merchants[self.cards[card].merchant].programs[self.cards[card].program]

    def currency(self, card: int) -> str:
        """A card's currency is its merchant's."""
        return self.merchants[self.cards[card].merchant].currency

    def balance(self, card: int) -> int:
        """What is on a card."""
        return self.accounts[f"card/{card}"]

    def held(self, card: int, at: datetime) -> int:
        """What live holds set aside at this instant."""
        return sum(h.left for h in self.on_card[card] if h.state == "live" and h.expires_at > at)

    def available(self, card: int, at: datetime) -> int:
        """What can be spent."""
        return self.balance(card) - self.held(card, at)

    def set_aside(self, hold: HoldFacts) -> str:
        """A hold is placed; its handle."""
        self.holds.append(hold)
        self.on_card[hold.card].append(hold)
        return f"hold:{len(self.holds) - 1}"

    def let_go(self, cards: Iterable[int], at: datetime) -> int:
        """Overdue holds of locked cards lapse, each with its event; how many."""
        gone = 0
        for card in set(cards):
            for hold in self.on_card[card]:
                if hold.state == "live" and hold.expires_at <= at:
                    hold.state = "lapsed"
                    self.tell(self.cards[card].merchant, "authorization.lapsed")
                    gone += 1
        return gone

    def once(self, space: str, command: Command, at: datetime, step: Step) -> Answer:
        """One key, one effect: `space` is where the key is unique within its merchant."""
        place = (space, command.merchant, command.key)
        if (command.merchant, command.key) in self.buried:
            return Answer("reversed")
        if place in self.keys:
            first, answer = self.keys[place]
            if first != command:
                return Answer("conflict", differs=differing(first, command))
            return replace(answer, outcome="replayed")
        answer = step(self, command, at)
        self.keys[place] = (command, answer)
        if space != "ledger":
            self.elsewhere.add((command.merchant, command.key))
        return answer

    def judged(self, action: str, command: Command, at: datetime, step: Step) -> Answer:
        """A money verb with a key of the ledger: a refusal is written down under `action`."""
        try:
            if not 1 <= len(command.key) <= 255:
                raise No("key_invalid")
            self.latest, self.moved = None, []
            answer = self.once("ledger", command, at, step)
            if answer.outcome == "done":
                self._keep(command, at)
        except No as refusal:
            answer = Answer(refusal.code)
        if answer.outcome not in {"done", "replayed"}:
            reason = "idempotency_conflict" if answer.outcome == "conflict" else answer.outcome
            self.refused[command.merchant, action, reason] += 1
        return answer

    def _keep(self, command: Command, at: datetime) -> None:
        """Remember what the key did, for whoever wants it undone."""
        assert self.latest
        self.latest.at, self.latest.legs = at, list(self.moved)
        self.effects[command.merchant, command.key] = self.latest


def differing(first: Command, second: Command) -> frozenset[str]:
    """The fields in which two requests with one key differ."""
    if first.verb != second.verb:
        return frozenset({"operation"})
    names = {*first.fields, *second.fields}
    return frozenset(name for name in names if first.fields.get(name) != second.fields.get(name))
