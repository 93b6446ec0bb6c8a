"""`python -m bench.scale --cards N`: what pages, searches and the functions of money cost as the books grow.

One shop has half of all cards, and its owner reads. Each page is asked for in turn, round by round, through
all of Django but the network; a page's first round warms it and says nothing. With `--verify` the laws are
asked of the same books. Figures go to `results.json` as `scale_N` and `verify_N`.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench.ground import bare_ground
from bench.mass import Mass, fill_mass
from bench.results import keep

_ROUNDS = 30
# Some of the shop's cards, from all over the table.
_CARDS = """
select code_hash from cards_card tablesample system (1) repeatable (7)
where merchant_id = %s and status = 'active' limit %s
"""
_REDEEM = r"""
select outcome from redemption.redeem(
  array[%s]::uuid[], array[%s]::bytea[], array[100]::bigint[], array['EUR'], array[%s], array['\x00'::bytea],
  array[false], array[null]::uuid[], array[''], array['command:bench'], array[''], now())
"""


@dataclass(slots=True)
class Timed:
    """One thing that was done again and again; `queries` is what it asked the database the first time."""

    queries: int = 0
    ms: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Median, 95th percentile and number of queries."""
        cuts = statistics.quantiles(self.ms, n=20)
        return {"p50_ms": round(statistics.median(self.ms), 1), "p95_ms": round(cuts[-1], 1),
                "queries": self.queries}  # fmt: skip


def short(number: int) -> str:
    """200000 as `200k`, 5000000 as `5m`."""
    return f"{number // 1_000_000}m" if number >= 1_000_000 else f"{number // 1_000}k"


def measure_pages(mass: Mass, rounds: int = _ROUNDS) -> dict[str, Timed]:
    """Every page by its name, as the owner of the biggest shop sees it."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from giftwell.config.run import collect_static
    from giftwell.foundation.identity.models import User

    collect_static()
    browser = Client()
    browser.force_login(User.objects.get(email=mass.owner))
    pages = _pages(mass)
    timed = {name: Timed() for name in pages}
    for turn in range(rounds + 1):
        for name, address in pages.items():
            with _counted(timed[name], CaptureQueriesContext(connection), first=turn == 0):
                began = time.perf_counter()
                answer = browser.get(address, secure=True)
                took = (time.perf_counter() - began) * 1000
            if answer.status_code != 200:
                raise SystemExit(f"bench: {address} answered {answer.status_code}")
            if turn:
                timed[name].ms.append(took)
    return timed


@contextmanager
def _counted(timed: Timed, captured: Any, *, first: bool) -> Iterator[None]:
    if not first:
        yield
        return
    with captured:
        yield
    timed.queries = len(captured)


def _pages(mass: Mass) -> dict[str, str]:
    """Addresses of what people look at most, and of what they search for."""
    from giftwell.domain.cards.models import Card
    from giftwell.domain.orders.models import Order
    from giftwell.domain.redemption.models import Redemption
    from giftwell.foundation.tenancy import scope
    from giftwell.foundation.tenancy.transactions import reading
    from giftwell.interfaces.common.paging import encode_cursor

    with scope.merchant(mass.merchant_id), reading():
        mine = {"merchant_id": mass.merchant_id}
        order = Order.objects.filter(**mine).latest("placed_at")
        spent = Redemption.objects.filter(**mine).latest("redeemed_at")
        card = Card.objects.get(pk=spent.card_id)
        old = Card.objects.filter(**mine).order_by("issued_at")[1000]
    home, deep = f"/console/{mass.slug}/", encode_cursor(old.issued_at, old.pk)
    return {
        "home": home,
        "cards": f"{home}cards/",
        "cards, deep down": f"{home}cards/?cursor={deep}",
        "cards, frozen": f"{home}cards/?status=frozen",
        "cards by last four": f"{home}cards/?q={card.last4}",
        "cards by order": f"{home}cards/?q={order.number}",
        "a card": f"{home}cards/{card.public_id}/",
        "orders": f"{home}orders/",
        "orders by number": f"{home}orders/?q={order.number}",
        "orders by e-mail": f"{home}orders/?q={order.buyer_email}",
        "an order": f"{home}orders/{order.public_id}/",
        "redemptions": f"{home}redemptions/",
    }


def measure_redeeming(admin_url: str, mass: Mass, rounds: int = 300) -> Timed:
    """One redemption at a time by the function that tills call, each of another card; undone each time."""
    timed = Timed(queries=1)
    with psycopg.connect(admin_url) as connection:
        hashes = connection.execute(_CARDS, [mass.merchant_id, rounds + 20]).fetchall()
        connection.rollback()
        for turn, (code_hash,) in enumerate(hashes):
            began = time.perf_counter()
            key = f"bench-{turn}-{code_hash.hex()[:8]}"
            row = connection.execute(_REDEEM, [mass.merchant_id, code_hash, key]).fetchone()
            took = (time.perf_counter() - began) * 1000
            connection.rollback()
            if not row or row[0] != "done":
                raise SystemExit(f"bench: a redemption answered {row}")
            if turn >= 20:
                timed.ms.append(took)
    return timed


def measure(admin_url: str, mass: Mass, *, say: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Everything but the laws, printed as a table."""
    timed = {"redeem": measure_redeeming(admin_url, mass), **measure_pages(mass)}
    found = {name: one.figures() for name, one in timed.items()}
    for name, one in found.items():
        say(f"{name:22}{one['p50_ms']:>9.1f}{one['p95_ms']:>9.1f}{one['queries']:>5.0f}")
    return found


def main() -> int:
    """Fill, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--cards", type=int, default=200_000)
    parser.add_argument("--redemptions", type=int, help="By default 45 for every 100 cards.")
    parser.add_argument("--verify", action="store_true", help="Ask the laws of the same books, too.")
    chosen = parser.parse_args()
    cards = chosen.cards
    redemptions = cards * 45 // 100 if chosen.redemptions is None else chosen.redemptions
    with bare_ground() as ground:
        began = time.monotonic()

        def say(line: str) -> None:
            print(f"{time.monotonic() - began:8.1f}  {line}", flush=True)

        mass = fill_mass(ground.admin_url, cards=cards, redemptions=redemptions, told=True, say=say)
        settle(say)
        keep(f"scale_{short(cards)}", {"cards": cards, "redemptions": redemptions,
                                       "pages": measure(ground.admin_url, mass, say=say)})  # fmt: skip
        if chosen.verify:
            from bench.verify import measure_verify

            keep(f"verify_{short(cards)}", measure_verify(ground.admin_url, say=say))
    return 0


def settle(say: Callable[[str], None]) -> None:
    """What the jobs would have done long ago: everything folded."""
    from giftwell.domain.ledger.roll import roll
    from giftwell.foundation.tenancy import scope

    with scope.platform():
        say(f"{roll():,} transfers folded")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giftwell.config.settings")
    raise SystemExit(main())
