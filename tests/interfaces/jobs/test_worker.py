"""The worker.

Sends what was queued, survives failures, finishes what it holds, and takes over from the dead.
"""

import os
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from giftwell.config.wiring import REACTIONS
from giftwell.foundation.events.models import Event
from giftwell.foundation.messaging.models import Message, OutboxMail
from giftwell.foundation.messaging.queue_message import queue_message
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs import worker
from giftwell.interfaces.jobs.reaction import reaction
from giftwell.interfaces.jobs.retrying import Patient
from giftwell.interfaces.jobs.work_off import StillBusy, work_off
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.errors import Refused
from tests.factories.identity import make_merchant
from tests.foundation.events.test_record import ThingHappened
from tests.foundation.messaging.test_templates import SAMPLES
from tests.interfaces.jobs.test_relay import happen

ME = Actor.command("tests")


def queue(merchant) -> Message:
    """Queue a gift's mail."""
    return queue_message(
        "gift",
        merchant_id=merchant.id,
        recipient="maja@example.com",
        context=SAMPLES["gift"],
        actor=ME,
        now=now(),
        cause="gift_1",
    )


def state_of(message) -> str:
    """Where the message is now."""
    with scope.platform(), reading():
        return Message.objects.get(pk=message.pk).state


def wait_until(what, seconds: float = 20.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


@pytest.fixture
def working(own_database):
    """A worker in a thread of its own; the fixture gives a function that starts it with some reactions."""
    stop = threading.Event()
    threads = []

    def start(reactions=REACTIONS):
        thread = threading.Thread(target=worker.run_worker, args=(reactions,), kwargs={"stop": stop})
        thread.start()
        threads.append(thread)

    yield start
    stop.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_a_queued_message_is_sent_by_the_worker(working):
    message = queue(make_merchant())
    working()
    wait_until(lambda: state_of(message) == "sent")
    with scope.platform(), reading():
        assert OutboxMail.objects.filter(message=message).exists()
    wait_until(lambda: not ProcrastinateJob.objects.filter(task_name="messages.send").exists())


def test_everything_waiting_can_be_worked_off_at_once(own_database):
    messages = [queue(make_merchant()) for _ in range(3)]
    work_off(REACTIONS)
    assert [state_of(message) for message in messages] == ["sent"] * 3
    work_off(REACTIONS)


def test_what_an_open_transaction_holds_back_is_waited_for(own_database):
    message = queue(make_merchant())
    with psycopg.connect(own_database.admin_url) as slow:
        slow.execute("select pg_current_xact_id()")
        late = queue(make_merchant())
        with pytest.raises(StillBusy):
            work_off(REACTIONS, seconds=0.3)
        assert state_of(late) == "queued"
    work_off(REACTIONS)
    assert (state_of(message), state_of(late)) == ("sent", "sent")


seen: list[tuple[str, str, object]] = []
trouble: list[Exception] = []


@reaction("tests.look")
def look(event: Event) -> None:
    """Note in which scope the job runs, and fall over if told to."""
    from structlog.contextvars import get_contextvars

    here = scope.current()
    seen.append((event.subject, str(get_contextvars().get("request_id", "")), here.merchant_id or here.kind))
    if trouble:
        raise trouble.pop()


@pytest.fixture(autouse=True)
def _forget():
    seen.clear()
    trouble.clear()


LOOK = {ThingHappened.TYPE: (look,)}


def test_a_reaction_runs_in_the_scope_of_its_event_s_merchant(own_database):
    merchant = make_merchant()
    happen(merchant.id)
    happen()
    work_off(LOOK)
    assert {place for _, _, place in seen} == {merchant.id, "platform"}
    assert all(request_id.startswith("job-") for _, request_id, _ in seen)
    assert scope.current() == scope.NOBODY


def test_a_job_that_failed_waits_for_its_next_try(own_database):
    trouble.append(OSError("away"))
    happen()
    work_off(LOOK)
    (job,) = ProcrastinateJob.objects.filter(task_name="tests.look")
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at > now()


def test_a_job_whose_verb_refused_is_kept_as_failed_and_not_tried_again(own_database):
    trouble.append(Refused("no"))
    happen()
    work_off(LOOK)
    (job,) = ProcrastinateJob.objects.filter(task_name="tests.look")
    assert job.status == "failed"


def test_jobs_of_a_worker_that_died_are_done_by_another(working, monkeypatch):
    monkeypatch.setattr(worker, "_DEAD_AFTER_SECONDS", 1)
    monkeypatch.setattr(worker, "_HEARTBEAT_SECONDS", 0.3)
    message = queue(make_merchant())
    work_off({})
    event_id = _queued_event(message)
    task = REACTIONS["message.queued"][0]
    task.defer(event_id=event_id, merchant_id=str(message.merchant_id))
    _die_holding_the_job()
    working({})
    wait_until(lambda: state_of(message) == "sent")


def _queued_event(message) -> str:
    with scope.platform(), reading():
        return str(Event.objects.get(subject=message.public_id).pk)


def _die_holding_the_job() -> None:
    """Leave the job as a worker leaves it that was killed a minute ago."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat)"
            " values (now() - interval '1 minute') returning id"
        )
        (worker_id,) = cursor.fetchone()
        cursor.execute("update procrastinate_jobs set status = 'doing', worker_id = %s", [worker_id])


PROGRAM = """
import django; django.setup()
from giftwell.config.wiring import REACTIONS
from giftwell.interfaces.jobs.worker import run_worker
run_worker(REACTIONS)
"""


@pytest.mark.parametrize("wanted", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_process_stops_in_good_order_when_asked(own_database, wanted):
    message = queue(make_merchant())
    environment = os.environ | {
        "DATABASE_URL": own_database.url,
        "DJANGO_SETTINGS_MODULE": "giftwell.config.settings",
    }
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stderr=subprocess.PIPE)
    try:
        wait_until(lambda: process.poll() is not None or state_of(message) == "sent", seconds=60)
        process.send_signal(wanted)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0, errors.decode()
    assert b"Traceback" not in errors
    with psycopg.connect(own_database.admin_url) as admin:
        assert admin.execute("select count(*) from procrastinate_workers").fetchone() == (0,)


def test_every_reaction_is_patient():
    for tasks in REACTIONS.values():
        for task in tasks:
            assert isinstance(app.tasks[task.name].retry_strategy, Patient)
