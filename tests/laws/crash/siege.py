"""A platform under load that is killed piece by piece, and the comparison of what was acknowledged with what
is booked.
"""

import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import psycopg

from giftwell.kit.ids import parse_id
from tests.laws.crash.load import BACK_SECONDS, Load
from tests.laws.crash.victims import PointOfSale, Victims, kill, left_over, servers_of
from tests.running import Platform

TILLS = 8
CARDS = 12
VALUE_MINOR = 50_000


@dataclass
class Siege:
    """One platform, its tills, and how long it took to be well again after each kind of kill."""

    seed: int
    platform: Platform = field(default_factory=Platform)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    point_of_sale: PointOfSale = field(init=False)
    load: Load = field(init=False)
    codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """A point of sale of its own stands beside the platform."""
        self.point_of_sale = PointOfSale(self.platform)

    def begin(self) -> None:
        """Start everything, give out fresh cards, open the tills."""
        self.platform.start()
        self.point_of_sale.start()
        merchant = self.platform.demo["merchants"][0]
        words = ["--merchant", merchant["id"], "--value", str(VALUE_MINOR // 100), "--count", str(CARDS)]
        issued = json.loads(self.platform.command("issue", *words, "--json").stdout)
        self.codes = [card["code"] for card in issued["cards"]]
        ports = [self.platform.port, self.point_of_sale.port]
        self.load = Load(ports, merchant["api_key"], self.codes)
        self.load.start(TILLS)
        self.load.wait_for_more(TILLS)

    def end(self) -> None:
        """Stop everything and forget it."""
        if hasattr(self, "load"):
            self.load.stop()
        self.point_of_sale.stop()
        self.platform.stop()
        self.platform.remove()

    def kill(self, kills: int) -> None:
        """Kill so many times, every kind in turn in a random order, always in mid-load."""
        dice, victims = Random(self.seed), Victims(self.platform, self.point_of_sale)
        queue: list[str] = []
        for number in range(kills):
            if not queue:
                queue = dice.sample(list(victims.kinds), len(victims.kinds))
            what = queue.pop()
            self.load.wait_for_more(10)
            self._kill_one(victims, what)
            # An answer on its way when its server died is no sign of a new one: one a till at most.
            self.seconds[what].append(self.load.wait_for_more(TILLS // 2 + 1))
            print(f"{number + 1}. {what}: well again after {self.seconds[what][-1]:.1f} s", flush=True)

    def _kill_one(self, victims: Victims, what: str) -> None:
        """Wait for the victim where it is not up yet again, and kill it."""
        deadline = time.monotonic() + BACK_SECONDS
        while not (found := victims.find(what)):
            assert time.monotonic() < deadline, f"{what} did not come back"
            time.sleep(0.05)
        kill(found)

    def compare(self) -> None:
        """Close the tills, ask for every unknown answer, and hold what was said against the books.

        The books are read by a connection of this test's own and by none of our functions.
        """
        self.load.stop()
        assert not self.load.wrong, self.load.wrong
        assert self.load.unknown, "no kill met a request on its way"
        self.load.ask_again()
        with psycopg.connect(
            servers_of(self.platform).database_url(user="postgres"), autocommit=True
        ) as admin:
            booked, change = self._booked(admin)
            told = {key: [_uuid(name)] for key, name in self.load.acknowledged.items()}
            assert told == booked, "acknowledged and booked differ"
            assert self._on_the_cards(admin) == CARDS * VALUE_MINOR + change
            self._wait_until_all_is_handed_on(admin)
        assert json.loads(self.platform.command("verify", "--json").stdout) == {"sound": True, "breaches": []}
        self.point_of_sale.stop()
        self.platform.stop()
        assert left_over(self.load.ports) == []

    def _booked(self, admin: psycopg.Connection[Any]) -> tuple[dict[str, list[UUID]], int]:
        """What the tills' keys did, by key, each with every posting it made; and what it added to the
        cards.
        """
        rows = admin.execute(
            "select substr(cause, 5), id, kind, amount_minor from ledger_posting"
            " where cause like 'key:till-%'"
        )
        found: dict[str, list[UUID]] = defaultdict(list)
        change = 0
        for key, posting, kind, amount in rows:
            found[key].append(posting)
            change += {"redeem": -amount, "capture": -amount, "refund": amount, "hold": 0}[kind]
        return dict(found), change

    def _on_the_cards(self, admin: psycopg.Connection[Any]) -> int:
        row = admin.execute(
            "select sum(account.balance_minor) from cards_card card join ledger_account account"
            " on account.id = card.account_id where card.last4 = any(%s) and card.face_value_minor = %s"
            " and card.batch_id is not null",
            [[code.replace("-", "")[-4:] for code in self.codes], VALUE_MINOR],
        ).fetchone()
        assert row
        return int(row[0])

    def _wait_until_all_is_handed_on(self, admin: psycopg.Connection[Any]) -> None:
        """The worker that came back goes on where the killed one stopped, and leaves no event behind."""
        deadline = time.monotonic() + 60
        behind = (
            "select count(*) from events_event event where exists (select from events_cursor follower"
            " where (event.xid, event.id) > (follower.xid, follower.event_id))"
        )
        while (admin.execute(behind).fetchone() or (0,))[0]:
            assert time.monotonic() < deadline, "events were left behind"
            time.sleep(0.2)


def _uuid(name: str) -> UUID:
    return parse_id(name.partition("_")[0], name)
