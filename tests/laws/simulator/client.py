"""The clients of a simulation: they send, lose answers, ask again with the same key, repeat themselves, are
late, and their clocks jump.

One thread plays them all, so that a seed says exactly what happens in which order.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.db import Error, connection

from giftwell.foundation.tenancy.transactions import transaction
from tests.laws.simulator.calls import spending
from tests.laws.simulator.calls.table import CALLS
from tests.laws.simulator.calls.told import Told
from tests.laws.simulator.faults import Faults, some_fault
from tests.laws.simulator.oracle.books import Books
from tests.laws.simulator.oracle.facts import Answer, Command
from tests.laws.simulator.oracle.verbs import VERBS
from tests.laws.simulator.world import World

START = datetime.fromisoformat("2026-11-24T12:00:00+00:00")
_SECONDS = (0, 0, 0, 1, 1, 2, 5, 30, 61, 600, 3_600)
_KEY_IN_USE = "idempotency_key_in_use"
FAULTY, BATCHED, LATE, REPEATED, ABANDONED, BACKWARDS = 0.07, 0.6, 0.03, 0.05, 0.12, 0.04


@dataclass(frozen=True, slots=True)
class Call:
    """Commands of one verb that travel together; `wrapped` is a batch in a transaction of the caller's."""

    commands: tuple[Command, ...]
    batched: bool
    wrapped: bool = False

    @property
    def verb(self) -> str:
        """The verb they share."""
        return self.commands[0].verb


class Disagreement(AssertionError):
    """The platform answered otherwise than the model."""


@dataclass(slots=True)
class Clients:
    """Everybody who talks to the platform."""

    dice: Random
    books: Books
    world: World
    faults: Faults
    at: datetime = START
    done: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    faced: Counter[str] = field(default_factory=Counter)
    late: list[tuple[int, Call]] = field(default_factory=list)
    history: deque[Call] = field(default_factory=lambda: deque(maxlen=400))
    trace: deque[str] = field(default_factory=lambda: deque(maxlen=60))

    def step(self) -> set[int]:
        """One call, whosever turn it is; the cards it may have touched."""
        self._tick()
        call = self._next()
        if call is None:
            return set()
        if self.dice.random() < LATE:
            self._later(call)
            return set()
        return self.send(call)

    def ask_in_peace(self, command: Command) -> None:
        """Send one command that meets no fault."""
        self.send(Call((command,), batched=False), faulty=0)

    def send(self, call: Call, faulty: float = FAULTY) -> set[int]:
        """Send a call, with a fault now and then; compare what is answered."""
        verb = VERBS[call.verb]
        fault = some_fault(self.dice) if self.dice.random() < faulty else None
        told: list[Told] | None = None
        with self.faults.during(fault) as faults:
            try:
                told = self._ask(call)
            except Error:
                if not faults.fired:
                    raise
                connection.close_if_unusable_or_obsolete()
        # Nothing took effect; what was committed is the line of the refusal.
        in_use = told is not None and told[0].outcome == _KEY_IN_USE and faults.fired
        if in_use:
            told = None
        touched = {card for command in call.commands for card in verb.locks(self.books, command)}
        self._note(call, fault if faults.fired else None, told)
        if told is not None or (faults.commits and not in_use):
            self.books.let_go(touched, self.at)
            self.books.may_open = not call.batched
            expected = [verb.step(self.books, command, self.at) for command in call.commands]
            if told is not None:
                self._compare(call, expected, told)
        if told is None:
            self._answer_was_lost(call, str(fault.kind if fault else ""))
        self.history.append(call)
        self.done += len(call.commands)
        return touched

    def settle(self) -> None:
        """What is still on its way arrives, the clock standing still."""
        while self.late:
            _, call = self.late.pop(0)
            self.send(call)

    def _ask(self, call: Call) -> list[Told]:
        if not call.batched:
            return [CALLS[call.verb](self.world, call.commands[0], self.at)]
        if not call.wrapped:
            return spending.batch(self.world, call.commands, self.at)
        with transaction():
            return spending.batch(self.world, call.commands, self.at)

    def _compare(self, call: Call, expected: Sequence[Answer], told: Sequence[Told]) -> None:
        for command, should, did in zip(call.commands, expected, told, strict=True):
            self.outcomes[command.verb, should.outcome] += 1
            agreed = should.figures == did.figures and (did.differs is None or did.differs == should.differs)
            if not agreed:
                raise Disagreement(f"{command}\nshould be {should}\nbut was   {did}")
            if did.outcome in {"done", "replayed"} and should.made:
                for handle, identity in zip(should.made, did.ids, strict=True):
                    self.world.bind(handle, identity)
                    self.books.learn(handle, command.merchant)

    def _answer_was_lost(self, call: Call, why: str) -> None:
        """A client that does not know asks again with the same key: at once, later, or never."""
        self.faced[why] += 1
        if self.dice.random() < ABANDONED:
            return
        if self.dice.random() < 0.5:
            self.late.append((0, call))
        else:
            self._later(call)

    def _later(self, call: Call) -> None:
        self.late.append((self.done + self.dice.randint(1, 400), call))

    def _next(self) -> Call | None:
        for place, (due, call) in enumerate(self.late):
            if due <= self.done:
                del self.late[place]
                return call
        if self.history and self.dice.random() < REPEATED:
            return self.dice.choice(self.history)
        (name,) = self.dice.choices(list(VERBS), [verb.weight for verb in VERBS.values()])
        verb = VERBS[name]
        batched = verb.batched and self.dice.random() < BATCHED
        wanted = self.dice.choice([1, 3, 8, 20, 40]) if batched else 1
        asked = [verb.propose(self.dice, self.books) for _ in range(wanted)]
        commands = [command for command in asked if command is not None]
        if batched and commands and self.dice.random() < 0.3:
            commands += self.dice.choices(commands, k=self.dice.randint(1, 3))
        return Call(tuple(commands), batched, self.dice.random() < 0.5) if commands else None

    def _tick(self) -> None:
        if self.dice.random() < BACKWARDS:
            self.at -= timedelta(seconds=self.dice.choice([1, 5, 30, 90]))
        else:
            self.at += timedelta(seconds=self.dice.choice(_SECONDS) if self.dice.random() < 0.3 else 0)

    def _note(self, call: Call, fault: object, told: Sequence[Told] | None) -> None:
        for place, command in enumerate(call.commands):
            answer = told[place].outcome if told else "?"
            self.trace.append(f"{self.at:%d %H:%M:%S} {command} → {answer} {fault or ''}")
