"""The relay starts jobs.

For each event that somebody reacts to, in the transaction that moves its position.
"""

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from giftwell.foundation.events.record import record
from giftwell.foundation.events.relay import is_behind
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.interfaces.jobs.relay import FOLLOWER, relay_once
from giftwell.kit.clock import now
from tests.factories.identity import make_merchant
from tests.foundation.events.test_record import ME, ThingHappened, event_of


@app.task(name="tests.first")
def first(*, event_id: str, merchant_id: str | None) -> None:
    """A job; never run here."""


@app.task(name="tests.second")
def second(*, event_id: str, merchant_id: str | None) -> None:
    """Another."""


REACTIONS = {ThingHappened.TYPE: (first, second)}


def happen(merchant_id=None) -> str:
    """Let one thing happen."""
    with scope.merchant(merchant_id) if merchant_id else scope.platform(), transaction():
        return str(record(event_of(merchant_id), actor=ME, at=now()))


def relay_all() -> None:
    """Relay until nothing is left."""
    while is_behind(FOLLOWER):
        relay_once(REACTIONS)


def test_each_job_of_an_event_is_started_once_with_the_event_and_its_merchant(own_database):
    merchant = make_merchant()
    event_id, other_id = happen(merchant.id), happen()
    relay_all()
    relay_once(REACTIONS)
    jobs = {
        (job.task_name, job.args["event_id"], job.args["merchant_id"])
        for job in ProcrastinateJob.objects.all()
    }
    assert jobs == {
        ("tests.first", event_id, str(merchant.id)),
        ("tests.second", event_id, str(merchant.id)),
        ("tests.first", other_id, None),
        ("tests.second", other_id, None),
    }
    assert ProcrastinateJob.objects.count() == 4


def test_events_that_nobody_reacts_to_are_passed_over(own_database):
    make_merchant()
    relay_all()
    assert not ProcrastinateJob.objects.exists()
    assert not is_behind(FOLLOWER)


def test_jobs_and_position_commit_together_or_not_at_all(own_database, monkeypatch):
    relay_once(REACTIONS)
    happen()
    with monkeypatch.context() as patched:
        patched.setattr(type(second), "batch_defer", _fail_for_second)
        with pytest.raises(RuntimeError, match="second"):
            relay_all()
    assert not ProcrastinateJob.objects.exists()
    assert is_behind(FOLLOWER)
    relay_all()
    assert ProcrastinateJob.objects.count() == 2


_batch_defer = type(first).batch_defer


def _fail_for_second(task, *jobs):
    if task is second:
        raise RuntimeError("second falls over after first was started")
    return _batch_defer(task, *jobs)
