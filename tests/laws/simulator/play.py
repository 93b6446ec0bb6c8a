"""One game: a fresh database, a seed, so many commands."""

import hashlib
import time
from dataclasses import dataclass
from random import Random

import psycopg

from giftwell.domain.ledger.verify import verify
from tests.database import OwnDatabase
from tests.laws.simulator.checks import check_all, check_cards
from tests.laws.simulator.client import Clients
from tests.laws.simulator.faults import Faults
from tests.laws.simulator.oracle.books import Books
from tests.laws.simulator.oracle.facts import Command, MerchantFacts, ProgramFacts
from tests.laws.simulator.world import make_world

CHECK_EVERY = 2_500
_BPS, _FIXED = (0, 250, 500, 3_333, 10_000), (0, 3, 1_000)


@dataclass(frozen=True, slots=True)
class Game:
    """What came of it: how many commands, how long, and a mark of everything that was asked and answered."""

    commands: int
    seconds: float
    mark: str
    outcomes: dict[tuple[str, str], int]
    faults: dict[str, int]


def some_merchants(dice: Random) -> list[MerchantFacts]:
    """Three merchants: two currencies, cards that end and cards that do not."""
    return [
        MerchantFacts(
            currency,
            (
                ProgramFacts(
                    "escrow", dice.choice(_BPS), dice.choice(_FIXED), fee=dice.choice([0, 99]),
                    days=dice.choice([None, 2_000]),
                ),
                ProgramFacts(
                    "promo", days=dice.choice([None, 1]), highest=20_000, most=22_000,
                    day=dice.choice([None, 4_000]),
                ),
                ProgramFacts(
                    "direct", dice.choice(_BPS), dice.choice(_FIXED), days=dice.choice([None, 2_000])
                ),
            ),
        )
        for currency in ("EUR", "EUR", "JPY")
    ]  # fmt: skip


def _open_shops(clients: Clients) -> None:
    """Some cards to begin with, given away and sold, so that there is something to spend."""
    for merchant in range(len(clients.books.merchants)):
        gift = {"program": 1, "value_minor": 5_000, "count": 4}
        clients.ask_in_peace(Command("issue", merchant, gift, "first-cards"))
        clients.ask_in_peace(
            Command(
                "order.place",
                merchant,
                {"lines": [(0, 5_000), (0, 2_500), (0, 20_000), (2, 5_000)]},
                "first-order",
            )
        )
        for verb in ("order.pay", "order.fulfil"):
            clients.ask_in_peace(Command(verb, merchant, {"order": merchant}))


def play(database: OwnDatabase, seed: int, commands: int) -> Game:
    """Play until so many commands were sent, with every law asked on the way and at the end.

    Raises AssertionError with the seed and the last commands where something is not as it should be.
    """
    dice = Random(seed)
    merchants = some_merchants(dice)
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        books, world = Books(merchants), make_world(admin, merchants)
        clients = Clients(dice, books, world, Faults(admin))
        mark, began, checked = hashlib.sha256(), time.monotonic(), 0
        try:
            _open_shops(clients)
            while clients.done < commands:
                check_cards(world, books, clients.step())
                mark.update(clients.trace[-1].encode() if clients.trace else b"")
                if clients.done - checked >= CHECK_EVERY:
                    checked = clients.done
                    check_all(world, books)
            clients.settle()
            check_all(world, books)
            breaches = verify()
            assert breaches == [], breaches
        except Exception as error:
            last = "\n".join(clients.trace)
            error.add_note(f"SEED={seed} N={commands}, after {clients.done} commands\n{last}")
            raise
    seconds = time.monotonic() - began
    return Game(clients.done, seconds, mark.hexdigest(), dict(clients.outcomes), dict(clients.faced))
