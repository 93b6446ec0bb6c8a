"""Batches by the worker: a file is checked, a batch made turn by turn, what is stopped goes back."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from giftwell.config.wiring import REACTIONS
from giftwell.domain.bulk import loads
from giftwell.domain.bulk.cancel_batch import cancel_batch
from giftwell.domain.bulk.models import Batch
from giftwell.domain.bulk.queries import DECIDED_WITHIN
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs import bulk
from giftwell.interfaces.jobs.work_off import work_off
from giftwell.kit.clock import now
from tests.factories.bulk import cards_of_batch, checked, confirm, make_counted, upload
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS

pytestmark = pytest.mark.usefixtures("own_database")


def fresh(batch: Batch) -> Batch:
    with scope.merchant(batch.merchant_id), reading():
        return Batch.objects.get(id=batch.id)


@pytest.fixture(autouse=True)
def _small_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(loads, "CARDS_OF_A_LOAD", 2)


def test_an_upload_is_checked_and_after_a_persons_word_made_load_by_load():
    batch = upload(make_shop(), b"value\n5\nx\n6\n7\n8\n9\n")
    work_off(REACTIONS)
    assert (fresh(batch).stage, fresh(batch).rows_bad, len(cards_of_batch(batch))) == ("checked", 1, 0)
    confirm(batch, skip_bad=True)
    bulk.take_turn(batch.merchant_id, batch.id, seconds=0)
    assert fresh(batch).cards_done == 2
    work_off(REACTIONS)
    assert (fresh(batch).stage, len(cards_of_batch(batch))) == ("complete", 5)
    assert verify() == []


def test_what_was_stopped_is_taken_back_by_itself():
    batch = make_counted(make_shop(), 9)
    bulk.take_turn(batch.merchant_id, batch.id, seconds=0)
    cancel_batch(merchant_id=batch.merchant_id, batch_id=batch.id, actor=TESTS, now=now())
    work_off(REACTIONS)
    assert (fresh(batch).stage, fresh(batch).cards_undone) == ("cancelled", 2)
    assert verify() == []


def test_a_batch_whose_job_was_lost_is_found_by_the_clock():
    batch = make_counted(make_shop(), 3)
    bulk.rescue()
    bulk.rescue()
    jobs = ProcrastinateJob.objects.filter(task_name="bulk.work")
    assert jobs.count() == 1
    work_off({})
    assert fresh(batch).stage == "complete"
    bulk.rescue()
    assert not jobs.exists()


def test_a_checked_file_that_nobody_decides_about_is_let_go_of(monkeypatch):
    batch = checked(make_shop(), b"value\n5\n")
    bulk.rescue()
    assert fresh(batch).stage == "checked"
    monkeypatch.setattr(bulk, "now", lambda: now() + DECIDED_WITHIN)
    bulk.rescue()
    assert fresh(batch).stage == "cancelled"


def test_one_batch_that_breaks_holds_nobody_else_up(monkeypatch):
    broken, sound = make_counted(make_shop(), 3), make_counted(make_shop(), 3)
    real = bulk.run_batch

    def breaking(*, batch_id, **more):
        if batch_id == broken.id:
            raise RuntimeError("a fault of ours")
        return real(batch_id=batch_id, **more)

    monkeypatch.setattr(bulk, "LANES", 1)
    monkeypatch.setattr(bulk, "run_batch", breaking)
    work_off(REACTIONS)
    assert (fresh(broken).stage, fresh(sound).stage) == ("running", "complete")
    monkeypatch.undo()
    bulk.rescue()
    work_off(REACTIONS)
    assert fresh(broken).stage == "complete"
