"""The set-based functions against their plain twin: the same rows, in one call and one by one, leave the
same books.

Batches are made so that cards, keys, holds and redemptions come back within one: that is where a set could
differ from one row after the other.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from giftwell.domain.ledger.models import Account
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from tests.database import OwnDatabase
from tests.factories.ledger import NOON, Ground, Plastic, hash_of, make_ground, make_plastic
from tests.laws.books import breaches
from tests.laws.doors import Asked, Door, PlainDoor, SetDoor, Told, install_plain

SEED = int(os.environ.get("SEED") or 7)
BATCHES = 40
FUNDINGS = ({"funding": "escrow", "bps": 250, "fixed_minor": 3}, {"funding": "promo", "bps": 0})
CARDS: tuple[dict[str, Any], ...] = (
    {"value_minor": 900},
    {"value_minor": 60_000},
    {"value_minor": 5_000, "expires_at": NOON + timedelta(minutes=40)},
    {"value_minor": 0},
    {"value_minor": 500, "status": "frozen"},
)


@dataclass(slots=True)
class World:
    """One merchant behind one door. Ids of what happened are kept in order, so that two worlds can be
    compared.
    """

    ground: Ground
    cards: list[Plastic]
    door: Door
    made: dict[str, list[UUID]] = field(default_factory=lambda: {"authorize": [], "redeem": []})

    def target(self, row: Asked, place: int) -> Asked:
        """The row with what it names in this world put in."""
        if row.operation in {"redeem", "authorize"}:
            code = self.cards[place].code_hash if place < len(self.cards) else hash_of("nobody's")
            location = self.ground.location_id if row.location_id else None
            return replace(row, merchant_id=self.ground.merchant_id, target=code, location_id=location)
        kept = self.made["redeem" if row.operation == "refund" else "authorize"]
        found = kept[place] if place < len(kept) else UUID(int=place)
        return replace(row, merchant_id=self.ground.merchant_id, target=found)

    def ask(self, rows: list[tuple[Asked, int]], at: Any) -> list[Told]:
        """Send a batch and remember what came into being."""
        answers = self.door.ask([self.target(row, place) for row, place in rows], at)
        for (row, _), answer in zip(rows, answers, strict=True):
            if answer.outcome == "done" and row.operation in {"redeem", "capture", "authorize"}:
                self.made["authorize" if row.operation == "authorize" else "redeem"].append(answer.id)
        return answers

    def figures(self) -> list[tuple[Any, ...]]:
        """What the books say of this merchant."""
        with scope.platform(), reading():
            accounts = [Account.objects.get(id=card.account) for card in self.cards]
        folded = [self.ground.folded(account) for account in (self.ground.pending, self.ground.issued)]
        return [*((one.balance_minor, one.held_minor) for one in accounts), tuple(folded)]


def batch(dice: random.Random) -> list[tuple[Asked, int]]:
    """Rows of one operation with few keys, cards and amounts, so that they meet."""
    operation = dice.choice(["redeem", "redeem", "authorize", "capture", "void", "refund"])
    keys = [f"k{dice.randrange(400)}" for _ in range(dice.randint(1, 5))]
    rows = []
    for _ in range(dice.randint(1, 12)):
        place = dice.randrange(len(CARDS) + 1) if operation in {"redeem", "authorize"} else dice.randrange(30)
        amount = dice.choice([1, 33, 100, 100, 333, 900, 5_000, 0, -5, 10**18, 2**62])
        if operation in {"capture", "refund"} and dice.random() < 0.4:
            amount = None
        row = Asked(
            operation, UUID(int=0), dice.choice(keys), None, amount,
            currency=dice.choice(["EUR"] * 9 + ["USD"]), partial=dice.random() < 0.3,
            location_id=UUID(int=1) if dice.random() < 0.3 else None,
            lifetime=dice.choice([60, 3_600, 0, 604_801]),
            # The same in both worlds, whatever the ids are.
            body=(operation, place, amount, dice.choice([0, 0, 1])),
        )  # fmt: skip
        rows.append((row, place))
    return rows


@pytest.mark.parametrize("terms", FUNDINGS, ids=lambda terms: terms["funding"])
def test_a_batch_is_the_same_as_its_rows_one_after_the_other(
    own_database: OwnDatabase, terms: dict[str, Any]
) -> None:
    install_plain(own_database.admin_url)
    dice = random.Random(f"{SEED} {terms['funding']}")
    doors: list[Callable[[str], Door]] = [SetDoor, PlainDoor]
    worlds = []
    for door in doors:
        ground = make_ground(**terms)
        worlds.append(World(ground, [make_plastic(ground, **card) for card in CARDS], door(own_database.url)))
    in_a_set, one_by_one = worlds
    at, done = NOON, 0
    for turn in range(BATCHES * 5):
        rows = batch(dice)
        at += timedelta(seconds=dice.choice([0, 1, 30, 90]))
        mine, theirs = in_a_set.ask(rows, at), one_by_one.ask(rows, at)
        assert [one.figures for one in mine] == [one.figures for one in theirs], (
            f"seed {SEED}, turn {turn}: {rows}"
        )
        done += sum(one.outcome == "done" for one in mine)
        if turn % 20 == 0:
            assert in_a_set.figures() == one_by_one.figures(), f"seed {SEED}, turn {turn}"
    assert in_a_set.figures() == one_by_one.figures()
    assert done > 20
    assert breaches() == []
    assert rows_of(in_a_set) == rows_of(one_by_one)
    for world in worlds:
        world.door.connection.close()


def rows_of(world: World) -> list[tuple[Any, ...]]:
    """How many rows of each kind a world has, and what they sum to."""
    counted = """
      select 'posting', kind, count(*), sum(amount_minor) from ledger_posting where merchant_id = %(m)s
      group by kind union all select 'transfer', debit_balance_minor::text, count(*), sum(amount_minor) from
      ledger_transfer where merchant_id = %(m)s group by debit_balance_minor union all select 'hold', state,
      count(*), sum(captured_minor) from ledger_hold where merchant_id = %(m)s group by state union all
      select 'redemption', reference, count(*), sum(commission_minor) + sum(refunded_minor) from
      redemption_redemption where merchant_id = %(m)s group by reference union all select 'refund',
      currency, count(*), sum(commission_minor) from redemption_refund where merchant_id = %(m)s group by
      currency union all select 'event', type, count(*), sum((data ->> 'amount_minor')::bigint) from
      events_event where merchant_id = %(m)s group by type union all select 'audit', concat(action, ' ',
      outcome, ' ', reason), count(*), 0 from audit_auditrow where merchant_id = %(m)s group by 2
      order by 1, 2"""
    from django.db import connection

    with scope.platform(), reading(), connection.cursor() as cursor:
        cursor.execute(counted, {"m": world.ground.merchant_id})
        return cursor.fetchall()


def test_a_key_that_was_refused_is_free_within_its_own_batch(own_database: OwnDatabase) -> None:
    ground = make_ground()
    card = make_plastic(ground, 500)
    rows = [
        Asked("redeem", ground.merchant_id, "same", card.code_hash, amount) for amount in (600, 500, 500, 600)
    ]
    with SetDoor(own_database.url) as door:
        assert [one.outcome for one in door.ask(rows, NOON)] == [
            "insufficient_funds",
            "done",
            "replayed",
            "conflict",
        ]


def test_partial_spends_of_one_card_in_one_batch_take_what_the_earlier_ones_left(
    own_database: OwnDatabase,
) -> None:
    ground = make_ground()
    card = make_plastic(ground, 500)
    spends = ((300, False), (300, True), (300, True), (1, False))
    rows = [
        Asked("redeem", ground.merchant_id, uuid4().hex, card.code_hash, amount, partial=partial)
        for amount, partial in spends
    ]
    with SetDoor(own_database.url) as door:
        answers = door.ask(rows, NOON)
    assert [one.outcome for one in answers] == ["done", "done", "insufficient_funds", "insufficient_funds"]
    assert [one.amount_minor for one in answers[:2]] == [300, 200]
