"""Several at work on one batch, and one that is killed: every row becomes one card."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from giftwell.domain.bulk import loads
from giftwell.domain.bulk.models import Kind
from giftwell.domain.ledger.verify import verify
from tests.database import OwnDatabase
from tests.domain.racing import together
from tests.factories.bulk import cards_of_batch, checked, confirm, imported, make_counted, run
from tests.factories.catalog import make_shop

ROOT = Path(__file__).parents[3]
_WORKER = """
import os, sys, uuid
os.environ["DJANGO_SETTINGS_MODULE"] = "giftwell.config.settings"
import django
django.setup()
from giftwell.domain.bulk import loads
from giftwell.domain.bulk.run_batch import run_batch
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
loads.CARDS_OF_A_LOAD = 50
merchant, batch = (uuid.UUID(text) for text in sys.argv[1:])
run_batch(merchant_id=merchant, batch_id=batch, actor=Actor.command("worker"), now=now(),
          on_progress=lambda seen: print(seen.cards_done, flush=True))
"""


@pytest.mark.usefixtures("own_database")
def test_two_at_work_on_one_batch_make_its_cards_once(monkeypatch):
    monkeypatch.setattr(loads, "CARDS_OF_A_LOAD", 10)
    batch = make_counted(make_shop(), 95)
    done = together(*[lambda: run(batch)] * 3)
    assert [one.stage for one in done] == ["complete"] * 3
    assert len(cards_of_batch(batch)) == 95
    assert verify() == []


@pytest.mark.usefixtures("own_database")
def test_two_imports_of_the_same_codes_at_once_make_each_card_once(monkeypatch):
    monkeypatch.setattr(loads, "CARDS_OF_A_LOAD", 10)
    shop = make_shop()
    rows = b"code,balance\n" + b"".join(b"OLD%09d,5\n" % at for at in range(40))
    batches = [confirm(checked(shop, rows, kind=Kind.IMPORT), skip_bad=True) for _ in range(2)]
    done = together(*[lambda batch=batch: run(batch) for batch in batches])
    assert {one.stage for one in done} == {"complete"}
    assert sum(len(cards_of_batch(batch)) for batch in batches) == 40
    assert verify() == []


def test_a_worker_killed_in_mid_load_leaves_nothing_half_done(own_database: OwnDatabase):
    batch = make_counted(make_shop(), 1_000)
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(batch.merchant_id), str(batch.id)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "DATABASE_URL": own_database.url},
    )  # fmt: skip
    assert worker.stdout is not None
    for _ in range(4):
        assert worker.stdout.readline()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    _wait_till_gone(own_database)
    made = len(cards_of_batch(batch))
    assert 200 <= made < 1_000
    assert made % 50 == 0
    done = run(batch)
    assert (done.stage, len(cards_of_batch(batch))) == ("complete", 1_000)
    assert verify() == []


def _wait_till_gone(database: OwnDatabase) -> None:
    """Till the server has noticed that the killed worker is not there any more."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for _ in range(100):
            (left,) = admin.execute(
                "select count(*) from pg_stat_activity where datname = %s and state <> 'idle'"
                " and pid <> pg_backend_pid()", [database.name]
            ).fetchone() or (0,)  # fmt: skip
            if not left:
                return
            time.sleep(0.05)


def test_an_import_is_not_made_twice_by_its_file(own_database: OwnDatabase):
    shop = make_shop()
    rows = b"code,balance\nOLD123456789,5\n"
    imported(shop, rows)
    again = checked(shop, rows, kind=Kind.IMPORT)
    assert (again.stage, again.rows_bad, again.cards_wanted) == ("checked", 1, 0)
