"""The till's server told to stop: what it had taken on is answered, and nothing more is taken on."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg

from giftwell.config import secrets
from giftwell.config.environment import environment
from giftwell.config.processes import granian
from tests.database import OwnDatabase
from tests.factories.cards import balance_minor, code_of, make_sold_card
from tests.factories.catalog import make_shop
from tests.factories.identity import make_api_key
from tests.running import free_port

_KEPT = ("secret_key", "master_keys", "lookup_key", "sandbox_processor_secret")
_WAITS = (
    "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    " and application_name = 'giftwell-pos' and datname = current_database()"
)


@contextmanager
def serving(database: OwnDatabase, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A point of sale as `giftwell pos` runs it, with the secrets of these tests."""
    held = secrets.load(environment())
    surroundings = {
        **os.environ, **{name.upper(): getattr(held, name) for name in _KEPT},
        "DATABASE_URL": database.url, "CACHE_URL": "redis://127.0.0.1:1/0",
    }  # fmt: skip
    command = granian(
        "giftwell.config.pos:application", "asgi", host="127.0.0.1", port=port, workers=1, threads=1
    )
    process = subprocess.Popen(command, env=surroundings, stderr=subprocess.DEVNULL)
    try:
        until(lambda: asked(port, "/readyz") == 200)
        yield process
    finally:
        process.kill()
        process.wait()


def until(true: Any) -> None:
    """Wait for it."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def asked(port: int, path: str, body: Any = None, secret: str = "", key: str = "") -> int:
    """The status of one request, or 0 where no answer came."""
    headers = {
        "Authorization": f"Bearer {secret}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", json.dumps(body).encode() if body else None, headers if body else {}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def test_a_server_that_is_told_to_stop_answers_what_it_took_and_takes_no_more(
    own_database: OwnDatabase,
) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    body = {"code": code_of(card), "amount_minor": 100, "currency": "EUR"}
    _, secret = make_api_key(merchant)
    port = free_port()

    def redeem(key: str) -> int:
        return asked(port, "/v1/pos/redemptions", body, secret, key)

    with (
        serving(own_database, port) as process,
        psycopg.connect(own_database.admin_url) as holder,
        psycopg.connect(own_database.admin_url, autocommit=True) as watcher,
        ThreadPoolExecutor(2) as tills,
    ):
        holder.execute("select 1 from ledger_account where id = %s for update", [card.account_id])
        taken = tills.submit(redeem, "taken")
        until(lambda: watcher.execute(_WAITS).fetchone() == (1,))
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        late = tills.submit(redeem, "late")
        time.sleep(0.2)
        assert not taken.done()
        holder.rollback()
        assert taken.result() == 201
        assert late.result() in (0, 503)
        assert process.wait(timeout=30) == 0
    assert balance_minor(card) == 4900
