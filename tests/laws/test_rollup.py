"""The rollup and its tail are the full fold at every instant, also while transactions end out of order."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import psycopg

from giftwell.foundation.tenancy import PLATFORM
from tests.database import OwnDatabase
from tests.factories.ledger import NOON, make_ground, make_plastic
from tests.laws.books import breaches
from tests.laws.doors import Asked, SetDoor

SECONDS = 4
# One statement, so both sides see one snapshot. The fold is written out: it asks no function of the ledger.
_BOTH = """
select ledger.balance(%(owner)s, %(account)s),
  (select coalesce(sum(case when credit_id = %(account)s then amount_minor else -amount_minor end), 0)
   from ledger_transfer where %(account)s in (credit_id, debit_id))
"""


def test_rollup_and_tail_are_the_full_fold_under_load(own_database: OwnDatabase) -> None:
    ground = make_ground()
    cards = [make_plastic(ground, 10**9) for _ in range(8)]
    over = Event()

    def spend(number: int) -> int:
        dice, done = random.Random(number), 0
        with SetDoor(own_database.url) as door:
            while not over.is_set():
                rows = [
                    Asked("redeem", ground.merchant_id, uuid4().hex, card.code_hash, dice.randint(1, 99))
                    for card in dice.sample(cards[:6], 3)
                ]
                # Half of them commit long after their rows were made: the horizon has to wait for them.
                with door.connection.transaction():
                    done += sum(one.outcome == "done" for one in door.ask(rows, NOON))
                    time.sleep(dice.choice([0, 0.03]))
        return done

    def fold() -> int:
        turns = 0
        with psycopg.connect(own_database.url, autocommit=True) as connection:
            while not over.is_set():
                connection.execute("select ledger.roll()")
                turns += 1
                time.sleep(0.01)
        return turns

    def check(account: int, owner: object) -> list[tuple[int, int]]:
        seen = []
        with psycopg.connect(own_database.admin_url, autocommit=True) as connection:
            while not over.is_set():
                seen.append(connection.execute(_BOTH, {"owner": owner, "account": account}).fetchone())
        return seen  # type: ignore[return-value]

    with ThreadPoolExecutor(8) as pool:
        spending = [pool.submit(spend, number) for number in range(4)]
        folding = [pool.submit(fold) for _ in range(2)]
        checking = [
            pool.submit(check, ground.pending, ground.merchant_id),
            pool.submit(check, ground.commission, PLATFORM),
        ]
        time.sleep(SECONDS)
        over.set()
        spent = sum(one.result() for one in spending)
        rolled = sum(one.result() for one in folding)
        checked = [pair for one in checking for pair in one.result()]
    assert [pair for pair in checked if pair[0] != pair[1]] == []
    assert min(spent, rolled, len(checked)) > 10
    assert len({pair[0] for pair in checked}) > 10
    with psycopg.connect(own_database.url, autocommit=True) as connection:
        connection.execute("select ledger.roll()")
    assert breaches() == []
