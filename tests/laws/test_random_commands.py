"""Random money commands against an oracle written apart: retries, duplicates, frozen cards, holds that
lapse, jumps of the clock. `make laws N=1000000 SEED=7` runs it longer; a failure prints the seed that
replays it.
"""

import os
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from giftwell.domain.ledger.lapse_holds import lapse_holds
from giftwell.domain.ledger.models import Account
from giftwell.domain.ledger.roll import roll
from giftwell.foundation.tenancy import PLATFORM, scope
from giftwell.foundation.tenancy.transactions import reading
from tests.database import OwnDatabase
from tests.factories.ledger import NOON, Ground, Plastic, hash_of, make_ground, make_plastic
from tests.laws.books import breaches
from tests.laws.doors import Asked, SetDoor
from tests.laws.oracle import CardFacts, Command, Oracle

COMMANDS = int(os.environ.get("N") or 20_000)
SEED = int(os.environ.get("SEED") or 1)
SHARDS = 4
VALUES = (700, 5_000, 5_000, 0)
LIFETIME = timedelta(minutes=50)

_amounts = st.one_of(
    st.integers(1, 400),
    st.sampled_from([700, 5_000, 33, 1]),
    st.sampled_from([0, -1, 10**12, 2**63 - 1, -(2**63)]),
)
_keys = st.integers(0, 60).map(str)


def _commands(operation: str) -> st.SearchStrategy[list[Command]]:
    amounts = st.one_of(st.none(), _amounts) if operation in {"capture", "refund"} else _amounts
    one = st.builds(
        Command,
        operation=st.just(operation),
        key=_keys,
        place=st.integers(0, len(VALUES) if operation in {"redeem", "authorize"} else 12),
        amount=amounts if operation != "void" else st.none(),
        currency=st.sampled_from(["EUR"] * 12 + ["USD"]),
        partial=st.booleans(),
        lifetime=st.sampled_from([1, 60, 600, 604_800, 0, 604_801]),
    )
    return st.lists(one, min_size=1, max_size=24)


class Machine(RuleBasedStateMachine):
    """One merchant and four cards, here and in the oracle; after each batch the two must agree."""

    door: ClassVar[SetDoor]
    admin: ClassVar[psycopg.Connection[Any]]
    done: ClassVar[int] = 0

    @initialize(bps=st.sampled_from([0, 250, 3_333, 10_000]), fixed=st.sampled_from([0, 3, 1_000]))
    def begin(self, bps: int, fixed: int) -> None:
        """A new merchant: what came before is another's."""
        self.at = NOON
        self.ground: Ground = make_ground(bps=bps, fixed_minor=fixed)
        ends = [None, NOON + LIFETIME, None, None]
        self.cards: list[Plastic] = [
            make_plastic(self.ground, value, expires_at=end) for value, end in zip(VALUES, ends, strict=True)
        ]
        facts = [CardFacts(value, end) for value, end in zip(VALUES, ends, strict=True)]
        self.oracle = Oracle(facts, bps, fixed)
        self.commission_before = self.ground.folded(self.ground.commission, PLATFORM)
        self.holds: list[UUID] = []
        self.redemptions: list[UUID] = []

    def _row(self, command: Command) -> Asked:
        if command.operation in {"redeem", "authorize"}:
            known = command.place < len(self.cards)
            target: bytes | UUID = self.cards[command.place].code_hash if known else hash_of("unknown")
        else:
            kept = self.redemptions if command.operation == "refund" else self.holds
            target = kept[command.place] if command.place < len(kept) else UUID(int=command.place)
        return Asked(
            command.operation, self.ground.merchant_id, command.key, target, command.amount, command.currency,
            command.partial, lifetime=command.lifetime, body=(repr(command),),
        )  # fmt: skip

    @rule(commands=_commands("redeem"))
    def redeem(self, commands: list[Command]) -> None:
        """Spend."""
        self._batch(commands)

    @rule(commands=_commands("authorize"))
    def authorize(self, commands: list[Command]) -> None:
        """Set aside."""
        self._batch(commands)

    @rule(commands=_commands("capture"))
    def capture(self, commands: list[Command]) -> None:
        """Spend what was set aside."""
        self._batch(commands)

    @rule(commands=_commands("void"))
    def void(self, commands: list[Command]) -> None:
        """Let go what was set aside."""
        self._batch(commands)

    @rule(commands=_commands("refund"))
    def refund(self, commands: list[Command]) -> None:
        """Give back."""
        self._batch(commands)

    def _batch(self, commands: list[Command]) -> None:
        """A batch in one call, against the oracle row by row."""
        Machine.done += len(commands)
        answers = self.door.ask([self._row(command) for command in commands], self.at)
        for command, answer in zip(commands, answers, strict=True):
            expected = self.oracle.do(command, self.at)
            note(f"{command} → {expected}")
            found = (answer.outcome, answer.amount_minor, answer.balance_minor, answer.available_minor)
            assert found == expected, command
            if answer.outcome == "done" and command.operation != "void":
                kept = {"authorize": self.holds, "redeem": self.redemptions, "capture": self.redemptions}
                kept.get(command.operation, []).append(answer.id)

    @rule(seconds=st.sampled_from([0, 1, 59, 60, 61, 600, 3_000]))
    def wait(self, seconds: int) -> None:
        """The clock jumps."""
        self.at += timedelta(seconds=seconds)

    @rule(place=st.integers(0, len(VALUES) - 1), frozen=st.booleans())
    def freeze(self, place: int, frozen: bool) -> None:
        """A card is frozen or thawed."""
        status = "frozen" if frozen else "active"
        self.admin.execute("update cards_card set status = %s where id = %s", [status, self.cards[place].id])
        self.oracle.cards[place].frozen = frozen

    @rule(key=_keys)
    def undo(self, key: str) -> None:
        """A reversal comes before the request it undoes."""
        if self.oracle.undo(key):
            self.admin.execute(
                "select ledger.reverse(array[%s]::uuid[], array[%s], array['system:tests'], array[null], %s)",
                [self.ground.merchant_id, f"key:{key}", self.at],
            )

    @rule(lapse=st.booleans())
    def sweep(self, lapse: bool) -> None:
        """The jobs come by: they change no figure."""
        with scope.platform():
            if lapse:
                lapse_holds(now=self.at)
            else:
                roll()

    def teardown(self) -> None:
        """The books of this merchant are the oracle's, to the cent."""
        if not hasattr(self, "oracle"):
            return
        oracle, ground = self.oracle, self.ground
        for place, card in enumerate(self.cards):
            with scope.platform(), reading():
                account = Account.objects.get(id=card.account)
            assert account.balance_minor == oracle.cards[place].balance
        assert ground.folded(ground.pending) == oracle.pending
        assert ground.folded(ground.commission, PLATFORM) - self.commission_before == oracle.commission
        with scope.platform(), reading(), connection.cursor() as cursor:
            cursor.execute(
                "select amount_minor, commission_minor, refunded_minor from redemption_redemption "
                "where merchant_id = %s order by id",
                [ground.merchant_id],
            )
            kept = cursor.fetchall()
        assert sorted(kept) == sorted((r.amount, r.commission, r.refunded) for r in oracle.redemptions)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_random_commands_keep_every_law(own_database: OwnDatabase, shard: int) -> None:
    Machine.done, turn = 0, 0
    with (
        SetDoor(own_database.url) as door,
        psycopg.connect(own_database.admin_url, autocommit=True) as admin,
    ):
        Machine.door, Machine.admin = door, admin
        while Machine.done < COMMANDS / SHARDS:
            number = (SEED * SHARDS + shard) * 100_000 + turn
            turn += 1
            said = f"SEED={SEED}, shard {shard}, turn {turn}: Hypothesis seed {number}"
            print(f"{said}; {Machine.done} commands so far")
            run_state_machine_as_test(
                seed(number)(type("SeededMachine", (Machine,), {})),
                settings=settings(
                    max_examples=10, stateful_step_count=60, deadline=None, database=None, print_blob=True,
                    phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
                ),
            )  # fmt: skip
    assert breaches() == []
