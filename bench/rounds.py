"""Interleaved rounds of product and yardstick: one after the other, round by round, so that a slow minute
hits both.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench import server, yardstick
from bench.ground import Ground

CONNECTIONS = 64
_BATCHES_AT_ONCE = 4

type Say = Callable[[str], None]


@dataclass(slots=True)
class Series:
    """One comparison over the rounds."""

    unit: str
    values: list[float] = field(default_factory=list)
    yardsticks: list[float] = field(default_factory=list)
    generator_us: float | None = None

    def add(self, value: float, against: float) -> None:
        """A round's figures."""
        self.values.append(value)
        self.yardsticks.append(against)

    def result(self) -> dict[str, Any]:
        """The medians, and how far the ratios went apart."""
        ratios = [value / against for value, against in zip(self.values, self.yardsticks, strict=True)]
        noted = {} if self.generator_us is None else {"generator_us": round(self.generator_us)}
        return {
            "value": round(statistics.median(self.values), 1),
            "yardstick": round(statistics.median(self.yardsticks), 1),
            "ratio": round(statistics.median(ratios), 3),
            "low": round(min(ratios), 3),
            "high": round(max(ratios), 3),
            "unit": self.unit,
            **noted,
        }


def measure(ground: Ground, port: int, *, rounds: int, seconds: int, say: Say) -> dict[str, Series]:
    """All comparisons over so many rounds, after one that warms plans and processes and says nothing."""
    series = {
        "redeem": Series("redemptions/s over HTTP against redeem_one in pgbench"),
        "pairs": Series("authorize + capture pairs/s against redemptions/s, both over HTTP"),
        "batch": Series("redemptions/s in batches of 500 over HTTP against redeem_one in pgbench"),
        "balance": Series("balances/s over HTTP against one look-up in pgbench"),
        "hot_card": Series("redemptions/s of one card against those of all cards, both over HTTP"),
        "hot_merchant": Series("redemptions/s at one merchant against those at all, both over HTTP"),
    }
    clients: tuple[int, ...] = yardstick.CLIENTS
    look_up_clients = clients

    def over_http(kind: str, connections: int = CONNECTIONS) -> float:
        found = server.load(ground, port, kind, connections=connections, seconds=seconds)
        rates[kind] = float(found["per_second"])
        # What the generator itself took of the machine, a request.
        series[kind].generator_us = float(found["generator_us"])
        return rates[kind]

    for number in range(rounds + 1):
        rates: dict[str, float] = {}
        plain = yardstick.redeem(ground, seconds, clients)
        redeem = over_http("redeem")
        pairs, hot_card = over_http("pairs"), over_http("hot_card")
        hot_merchant, batch = over_http("hot_merchant"), over_http("batch", _BATCHES_AT_ONCE)
        look_up = yardstick.look_up(ground, max(1, seconds // 2), look_up_clients)
        balance = over_http("balance")
        # The first round finds the client count at which each yardstick is best.
        clients, look_up_clients = (plain.clients,), (look_up.clients,)
        if number:
            series["redeem"].add(redeem, plain.per_second)
            series["pairs"].add(pairs, redeem)
            series["batch"].add(batch, plain.per_second)
            series["balance"].add(balance, look_up.per_second)
            series["hot_card"].add(hot_card, redeem)
            series["hot_merchant"].add(hot_merchant, redeem)
        say(
            f"{f'round {number}' if number else 'warm-up'}: redeem_one {plain.per_second:,.0f}/s"
            f" ({plain.clients} clients) · look-up {look_up.per_second:,.0f}/s ({look_up.clients}) · "
            + " · ".join(f"{kind} {rate:,.0f}/s" for kind, rate in rates.items())
        )
    return series
