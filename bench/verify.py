"""What `giftwell verify` costs over many transfers, law by law, against one sequential scan of them."""

import time
from collections.abc import Callable
from typing import Any

import psycopg


def measure_verify(admin_url: str, *, say: Callable[[str], None]) -> dict[str, Any]:
    """Every law as the nightly job asks it; seconds, the slowest by name. Raises SystemExit on a breach."""
    from giftwell.domain.ledger.verify import examine

    with psycopg.connect(admin_url, autocommit=True) as admin:
        transfers, scan = _scan(admin)
    say(f"{transfers:,} transfers; one sequential scan of them {scan:.1f} s")
    began = time.monotonic()
    found = examine(timer=time.monotonic)
    took = time.monotonic() - began
    broken = [one for one in found if one.breach]
    if broken:
        raise SystemExit(f"bench: the books do not balance: {broken}")
    slowest = sorted(found, key=lambda one: -one.took_ms)[:12]
    for one in slowest:
        say(f"{one.took_ms / 1000:8.1f} s  law {one.law}: {one.says[:80]}")
    say(f"{took:8.1f} s  in all, {took / scan:.1f} scans")
    return {
        "transfers": transfers, "value": round(took, 1), "yardstick": round(scan, 2),
        "ratio": round(took / scan, 2), "unit": "seconds for all laws against one scan of the transfers",
        "slowest": {f"law {one.law}: {one.says}": one.took_ms / 1000 for one in slowest},
    }  # fmt: skip


def _scan(admin: psycopg.Connection[Any]) -> tuple[int, float]:
    """How many transfers there are, and how long one process takes to read them all, the second time."""
    admin.execute("set max_parallel_workers_per_gather = 0")
    for _ in range(2):
        began = time.monotonic()
        row = admin.execute(
            "select count(*), sum(amount_minor), max(credit_balance_minor) from ledger_transfer"
        ).fetchone()
        took = time.monotonic() - began
    return (int(row[0]) if row else 0), took
