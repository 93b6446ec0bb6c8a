"""`python -m bench`: interleaved rounds of product and yardstick, a table, and `bench/results.json`."""

import argparse
import os
import platform
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench import server, yardstick
from bench.ground import Ground, filled_ground
from bench.results import keep

_CONNECTIONS = 64
_BATCHES_AT_ONCE = 4


@dataclass(slots=True)
class Series:
    """One comparison over the rounds."""

    unit: str
    values: list[float] = field(default_factory=list)
    yardsticks: list[float] = field(default_factory=list)
    notes: str = ""

    def add(self, value: float, against: float) -> None:
        """A round's figures."""
        self.values.append(value)
        self.yardsticks.append(against)

    def result(self) -> dict[str, Any]:
        """The medians, and how far the ratios went apart."""
        ratios = [value / against for value, against in zip(self.values, self.yardsticks, strict=True)]
        return {
            "value": round(statistics.median(self.values), 1),
            "yardstick": round(statistics.median(self.yardsticks), 1),
            "ratio": round(statistics.median(ratios), 3),
            "low": round(min(ratios), 3),
            "high": round(max(ratios), 3),
            "unit": self.unit,
        }


def measure(ground: Ground, *, rounds: int, seconds: int, say: Callable[[str], None]) -> dict[str, Series]:
    """Product and yardstick one after the other, round by round, so that a slow minute hits both."""
    series = {
        "redeem": Series("redemptions/s over HTTP against redeem_one in pgbench"),
        "balance": Series("balances/s over HTTP against one look-up in pgbench"),
        "batch": Series("redemptions/s in batches of 500 over HTTP against redeem_one in pgbench"),
    }
    with server.point_of_sale(ground) as port:
        for number in range(rounds + 1):
            plain = yardstick.redeem(ground, seconds)
            over_http = server.load(ground, port, "redeem", connections=_CONNECTIONS, seconds=seconds)
            batches = server.load(ground, port, "batch", connections=_BATCHES_AT_ONCE, seconds=seconds)
            look_up = yardstick.look_up(ground, max(1, seconds // 2))
            balance = server.load(ground, port, "balance", connections=_CONNECTIONS, seconds=seconds)
            if number:  # the first round warms plans, pages and processes of both, and says nothing
                series["redeem"].add(over_http["per_second"], plain.per_second)
                series["batch"].add(batches["per_second"], plain.per_second)
                series["balance"].add(balance["per_second"], look_up.per_second)
            say(
                f"{f'round {number}' if number else 'warm-up'}: "
                f"redeem_one {plain.per_second:,.0f}/s ({plain.clients} clients) · "
                f"HTTP {over_http['per_second']:,.0f}/s (p50 {over_http['p50_ms']:.1f} ms, "
                f"p99 {over_http['p99_ms']:.1f} ms) · batches {batches['per_second']:,.0f}/s · "
                f"look-up {look_up.per_second:,.0f}/s ({look_up.clients}) · "
                f"balance {balance['per_second']:,.0f}/s"
            )
    return series


def machine() -> str:
    """What this ran on, for whoever quotes the figures."""
    system = f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()} {platform.release()}"
    shared = "load generator, application and database share it"
    return f"{system}, Python {platform.python_version()}; {yardstick.pgbench()[1]}; {shared}"


def breaches() -> list[str]:
    """What breaks a law in all that the bench has written; nothing, if all is well."""
    from giftwell.domain.ledger.verify import verify

    return [f"law {one.law} ({one.count} rows): {one.says} {one.rows[:2]}" for one in verify()]


def main() -> int:
    """Measure, print, write; the exit code is 1 when the books do not balance afterwards."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--short", action="store_true", help="a quick look, for CI: fewer cards, fewer rounds"
    )
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int)
    chosen = parser.parse_args()
    rounds = chosen.rounds or (2 if chosen.short else 5)
    seconds = chosen.seconds or (2 if chosen.short else 6)
    merchants, cards = (10, 2_000) if chosen.short else (50, 20_000)
    print(f"Filling {cards:,} cards of {merchants} merchants …", flush=True)
    with filled_ground(merchants=merchants, cards=cards) as ground:
        print(machine(), flush=True)
        series = measure(ground, rounds=rounds, seconds=seconds, say=lambda line: print(line, flush=True))
        broken = breaches()
    results = {name: one.result() for name, one in series.items()}
    for name, figures in results.items():
        keep(name, figures)
    print(f"\n{'':10}{'value':>12}{'yardstick':>12}{'ratio':>8}{'low':>8}{'high':>8}")
    for name, one in results.items():
        print(
            f"{name:10}{one['value']:>12,.0f}{one['yardstick']:>12,.0f}"
            f"{one['ratio']:>8.2f}{one['low']:>8.2f}{one['high']:>8.2f}  {one['unit']}"
        )
    print("\n".join(["The books do NOT balance:", *broken]) if broken else "The books balance.")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
