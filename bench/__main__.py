"""`python -m bench`: interleaved rounds of product and yardstick, a table, and `bench/results.json`."""

import argparse
import os
import platform
from typing import Any

from bench import server, steady, yardstick
from bench.ground import Ground, filled_ground
from bench.results import keep
from bench.rounds import Say
from bench.rounds import measure as compare

_Figures = dict[str, dict[str, Any]]


def measure(ground: Ground, *, rounds: int, seconds: int, say: Say) -> _Figures:
    """Everything, at one point of sale after the other's load."""
    steady.allow_a_crowd()
    with server.point_of_sale(ground) as till:
        series = compare(ground, till.port, rounds=rounds, seconds=seconds, say=say)
        figures = {name: one.result() for name, one in series.items()}
        peak = figures["redeem"]["value"]
        figures["latency"] = steady.latency(ground, till.port, peak=peak, seconds=2 * seconds, say=say)
        figures["overload"] = steady.overload(ground, till.port, peak=peak, seconds=2 * seconds, say=say)
        figures["memory"] = steady.memory(ground, till, say)
    return figures


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
    rounds = chosen.rounds or (1 if chosen.short else 5)
    seconds = chosen.seconds or (2 if chosen.short else 5)
    merchants, cards = (10, 2_000) if chosen.short else (50, 20_000)
    print(f"Filling {cards:,} cards of {merchants} merchants …", flush=True)
    with filled_ground(merchants=merchants, cards=cards) as ground:
        print(machine(), flush=True)
        figures = measure(ground, rounds=rounds, seconds=seconds, say=lambda line: print(line, flush=True))
        broken = breaches()
    for name, one in figures.items():
        keep(name, one)
    print(f"\n{'':14}{'value':>12}{'yardstick':>12}{'ratio':>8}{'low':>8}{'high':>8}")
    for name, one in figures.items():
        compared = "".join(f"{one[key]:>8.2f}" for key in ("ratio", "low", "high") if key in one)
        against = f"{one.get('yardstick', ''):>12,.0f}" if "yardstick" in one else ""
        value = f"{one['value']:>12,.1f}" if "value" in one else ""
        print(f"{name:14}{value}{against}{compared}  {one['unit']}")
    print("\n".join(["The books do NOT balance:", *broken]) if broken else "The books balance.")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
