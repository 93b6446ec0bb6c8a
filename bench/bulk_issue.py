"""`python -m bench.bulk_issue`: a batch as the worker makes it, against a raw COPY of the rows that it left.

Round by round: the batch is issued (codes made, hashed and encrypted, value booked, told of), then exactly
its cards, accounts and transfers are copied by the server into tables of the same shape with the same
indexes. The figure goes to `results.json` as `bulk_issue`.
"""

import argparse
import os
import time
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from bench.__main__ import breaches, machine
from bench.ground import Ground, bare_ground
from bench.results import keep
from bench.street import open_shop

# The rows that a batch leaves: what to read of each table, for the batch's id.
_LEFT = {
    "cards_card": "select * from cards_card where batch_id = %s",
    "ledger_account": "select a.* from ledger_account a join cards_card c on c.account_id = a.id"
    " where c.batch_id = %s",
    "ledger_transfer": "select t.* from ledger_transfer t join cards_card c on c.account_id = t.credit_id"
    " where c.batch_id = %s",
}
_VALUE_MINOR = 2_500


def issue(merchant: Any, cards: int) -> tuple[Any, float, int]:
    """The batch, the seconds that it took, and the most memory (MB) that this process held meanwhile."""
    from giftwell.domain.bulk.create_issue import create_issue
    from giftwell.domain.bulk.run_batch import run_batch
    from giftwell.domain.catalog import terms
    from giftwell.domain.catalog.models import Program
    from giftwell.foundation.tenancy import scope
    from giftwell.foundation.tenancy.transactions import reading
    from giftwell.kit.actor import Actor
    from giftwell.kit.clock import now
    from giftwell.kit.crypto import new_token

    with scope.merchant(merchant.id), reading():
        program = Program.objects.get(merchant=merchant, name=terms.PROMO_PROGRAM)
    actor = Actor.command("bench")
    Path("/proc/self/clear_refs").write_text("5")
    began = time.monotonic()
    made = create_issue(
        program=program, value_minor=_VALUE_MINOR, count=cards, key=new_token(), actor=actor, now=now()
    )
    batch = run_batch(merchant_id=merchant.id, batch_id=made.batch.id, actor=actor, now=now())
    took = time.monotonic() - began
    if (batch.stage, batch.cards_done) != ("complete", cards):
        raise SystemExit(f"bench: the batch is {batch}")
    return batch, took, _peak_mb()


def copy_again(admin: psycopg.Connection[Any], ground: Ground, batch: Any) -> float:
    """Seconds for the server to COPY the batch's rows into empty tables of the same shape, at once."""
    files = {table: ground.scratch / table for table in _LEFT}
    for table, rows in _LEFT.items():
        with (
            files[table].open("wb") as file,
            admin.cursor() as cursor,
            cursor.copy(f"copy ({rows}) to stdout", [batch.id]) as out,
        ):
            for piece in out:
                file.write(piece)
        admin.execute(f"create table plain_{table} (like {table} including all)")
    admin.commit()
    began = time.monotonic()
    for table, source in files.items():
        with (
            source.open("rb") as file,
            admin.cursor() as cursor,
            cursor.copy(f"copy plain_{table} from stdin") as into,
        ):
            while piece := file.read(1 << 18):
                into.write(piece)
    admin.commit()
    took = time.monotonic() - began
    for table, source in files.items():
        admin.execute(f"drop table plain_{table}")
        source.unlink()
    admin.commit()
    return took


def _peak_mb() -> int:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def _settle(admin_url: str) -> None:
    """What was written before is on disk, so that nobody pays for another's rows."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("vacuum (analyze)")
        admin.execute("checkpoint")


def main() -> int:
    """Measure, print, keep; the exit code is 1 when the books do not balance afterwards."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk_issue", description=__doc__)
    parser.add_argument("--cards", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--beside", default="", help="what else ran on the machine, to be kept with the figure"
    )
    chosen = parser.parse_args()
    issued: list[float] = []
    copied: list[float] = []
    most = 0
    with bare_ground() as ground, psycopg.connect(ground.admin_url) as admin:
        merchant, _ = open_shop(0)
        for _ in range(chosen.rounds):
            _settle(ground.admin_url)
            batch, took, peak = issue(merchant, chosen.cards)
            issued.append(took)
            most = max(most, peak)
            _settle(ground.admin_url)
            copied.append(copy_again(admin, ground, batch))
            print(f"issued in {took:.1f} s ({peak} MB), copied in {copied[-1]:.1f} s", flush=True)
        broken = breaches()
    for line in broken:
        print(line)
    ratios = sorted(plain / ours for ours, plain in zip(issued, copied, strict=True))
    keep("bulk_issue", {
        "cards": chosen.cards, "rounds": chosen.rounds, "value": round(median(issued), 1),
        "yardstick": round(median(copied), 1), "ratio": round(median(ratios), 2), "low": round(ratios[0], 2),
        "high": round(ratios[-1], 2), "peak_memory_mb": most, "load_average": round(os.getloadavg()[1], 1),
        "beside": chosen.beside, "machine": machine(),
        "unit": "seconds for the batch; the yardstick is a raw COPY of the rows it left",
    })  # fmt: skip
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
