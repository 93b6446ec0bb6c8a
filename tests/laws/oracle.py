"""What redemption should do, in plain Python: dictionaries and integers, written apart from the SQL and
from its twin.

One merchant, one escrow program. Cards, holds and redemptions are known by their number, in the order they
came to be.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

HIGHEST = 999_999_999_999
WEEK = 7 * 24 * 3600


@dataclass(slots=True)
class CardFacts:
    """A card: minor units on it, its state, and when it ends."""

    balance: int
    expires_at: datetime | None = None
    frozen: bool = False


@dataclass(slots=True)
class HoldFacts:
    """An authorization."""

    card: int
    amount: int
    expires_at: datetime
    live: bool = True


@dataclass(slots=True)
class RedemptionFacts:
    """A redemption, what of it went back, and what of its commission."""

    card: int
    amount: int
    commission: int
    refunded: int = 0
    commission_back: int = 0


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `place` is the number of a card, a hold or a redemption."""

    operation: str
    key: str
    place: int
    amount: int | None
    currency: str = "EUR"
    partial: bool = False
    lifetime: int = 3600


Figures = tuple[str, int | None, int | None, int | None]
"""Outcome, amount, balance after, available after."""


class No(Exception):
    """A refusal, by its code."""


@dataclass(slots=True)
class Oracle:
    """The books of one merchant as they should be."""

    cards: list[CardFacts]
    bps: int
    fixed: int
    pending: int = 0
    commission: int = 0
    holds: list[HoldFacts] = field(default_factory=list)
    redemptions: list[RedemptionFacts] = field(default_factory=list)
    keys: dict[str, tuple[Command, Figures]] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)

    def do(self, command: Command, at: datetime) -> Figures:
        """What the command should answer; the books change with it."""
        if command.key in self.undone:
            return ("reversed", None, None, None)
        if command.key in self.keys:
            first, answer = self.keys[command.key]
            if first != command:
                return ("conflict", None, None, None)
            return ("replayed", *answer[1:])
        try:
            answer = getattr(self, f"_{command.operation}")(command, at)
        except No as refusal:
            return (str(refusal), None, None, None)
        self.keys[command.key] = (command, answer)
        return answer

    def undo(self, key: str) -> bool:
        """Make sure that a key never takes effect; False where it did before."""
        if key in self.keys:
            return False
        self.undone.add(key)
        return True

    def held(self, card: int, at: datetime) -> int:
        """What live holds set aside."""
        return sum(h.amount for h in self.holds if h.card == card and h.live and h.expires_at > at)

    def _after(self, card: int, amount: int, at: datetime) -> Figures:
        balance = self.cards[card].balance
        return ("done", amount, balance, balance - self.held(card, at))

    def _fits(self, command: Command, at: datetime) -> int:
        """The amount a card can be charged with."""
        if command.place >= len(self.cards):
            raise No("card_not_found")
        card = self.cards[command.place]
        if card.frozen:
            raise No("card_is_frozen")
        if card.expires_at is not None and at >= card.expires_at:
            raise No("card_is_expired")
        if command.currency != "EUR":
            raise No("wrong_currency")
        amount = command.amount
        assert amount is not None
        available = card.balance - self.held(command.place, at)
        if command.partial and 0 < available < amount:
            return available
        if amount > available:
            raise No("insufficient_funds")
        return amount

    def _take(self, card: int, amount: int) -> None:
        rated = Fraction(amount * self.bps, 10_000)
        fee = min(amount, int(rated + Fraction(1, 2)) + self.fixed)
        self.cards[card].balance -= amount
        self.pending += amount - fee
        self.commission += fee
        self.redemptions.append(RedemptionFacts(card, amount, fee))

    def _redeem(self, command: Command, at: datetime) -> Figures:
        _sound(command.amount)
        amount = self._fits(command, at)
        self._take(command.place, amount)
        return self._after(command.place, amount, at)

    def _authorize(self, command: Command, at: datetime) -> Figures:
        _sound(command.amount)
        if not 1 <= command.lifetime <= WEEK:
            raise No("lifetime_invalid")
        amount = self._fits(command, at)
        self.holds.append(HoldFacts(command.place, amount, at + timedelta(seconds=command.lifetime)))
        return self._after(command.place, amount, at)

    def _hold(self, place: int) -> HoldFacts:
        if place >= len(self.holds):
            raise No("authorization_not_found")
        return self.holds[place]

    def _capture(self, command: Command, at: datetime) -> Figures:
        hold = self._hold(command.place)
        amount = hold.amount if command.amount is None else command.amount
        _sound(amount)
        if not hold.live or hold.expires_at <= at:
            raise No("authorization_not_live")
        if amount > hold.amount:
            raise No("capture_exceeds_hold")
        hold.live = False
        self._take(hold.card, amount)
        return self._after(hold.card, amount, at)

    def _void(self, command: Command, at: datetime) -> Figures:
        hold = self._hold(command.place)
        if not hold.live or hold.expires_at <= at:
            raise No("authorization_not_live")
        hold.live = False
        return self._after(hold.card, hold.amount, at)

    def _refund(self, command: Command, at: datetime) -> Figures:
        if command.place >= len(self.redemptions):
            raise No("redemption_not_found")
        taken = self.redemptions[command.place]
        if command.amount is not None:
            _sound(command.amount)
        card = self.cards[taken.card]
        if card.frozen:
            raise No("card_is_frozen")
        if card.expires_at is not None and at >= card.expires_at:
            raise No("card_is_expired")
        left = taken.amount - taken.refunded
        amount = left if command.amount is None else command.amount
        if amount == 0 or amount > left:
            raise No("refund_exceeds_capture")
        taken.refunded += amount
        # What should have gone back by now, to the nearest cent, less what did.
        due = int(Fraction(taken.commission * taken.refunded, taken.amount) + Fraction(1, 2))
        fee, taken.commission_back = due - taken.commission_back, due
        card.balance += amount
        self.pending -= amount - fee
        self.commission -= fee
        return self._after(taken.card, amount, at)


def _sound(amount: int | None) -> None:
    if amount is None or not 1 <= amount <= HIGHEST:
        raise No("amount_invalid")
