"""Life, first part: jobs, each once and none lost."""

import time
from datetime import timedelta
from typing import Any

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from giftwell.config.wiring import REACTIONS
from giftwell.domain.payments.events import PaymentSettled
from giftwell.foundation.events.models import Event
from giftwell.foundation.messaging.gateway import NotTaken
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.messaging.send_message import LEASE, MessageIsBeingSent, MessageNotTaken
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs import schedule
from giftwell.interfaces.jobs.relay import relay_once
from giftwell.interfaces.jobs.work_off import work_off
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.domain.racing import together
from tests.factories.catalog import make_shop as make_bare_shop
from tests.factories.delivery import gifts_of
from tests.factories.orders import fresh_order, lines_of, make_fulfilled_order, make_paid_order, make_shop
from tests.foundation.messaging.test_send_message import FakeMailer, TakenOver, queue, send, stored


def _messages(kind: str) -> list[Message]:
    with scope.platform(), reading():
        return list(Message.objects.filter(kind=kind))


@pytest.mark.line("life-1")
def test_an_event_starts_its_job_once_however_many_relays_look(own_database: OwnDatabase) -> None:
    relay_once(REACTIONS)
    shop = make_shop()
    make_paid_order(shop)
    (task,) = REACTIONS[PaymentSettled.TYPE]
    started = ProcrastinateJob.objects.filter(task_name=task.name)
    # A transaction that another test has open on this server holds events back for as long as it lasts.
    for _ in range(200):
        together(*[lambda: relay_once(REACTIONS)] * 4)
        if started.exists():
            break
        time.sleep(0.05)
    relay_once(REACTIONS)
    assert started.count() == 1


@pytest.mark.line("life-1")
def test_a_job_that_runs_twice_makes_one_card_one_gift_and_one_mail(own_database: OwnDatabase) -> None:
    shop = make_shop()
    order, _ = make_paid_order(shop)
    work_off(REACTIONS)
    with scope.platform(), reading():
        events = list(Event.objects.all())
    for event in events:
        for task in REACTIONS.get(event.type, ()):
            merchant = str(event.merchant_id) if event.merchant_id else None
            task.defer(event_id=str(event.id), merchant_id=merchant)
    work_off(REACTIONS)
    assert fresh_order(order).status == "fulfilled"
    assert (len(lines_of(order)), len(gifts_of(order))) == (1, 1)
    assert [len(_messages(kind)) for kind in ("gift", "receipt")] == [1, 1]


@pytest.mark.line("life-1")
def test_what_happens_by_the_clock_waits_once_for_all_workers(own_database: OwnDatabase) -> None:
    task = app.tasks["orders.expire"]
    task.defer(timestamp=1)
    with pytest.raises(AlreadyEnqueued):
        task.defer(timestamp=1)


@pytest.mark.line("life-1")
def test_a_lost_job_is_found_again_by_the_clock(own_database: OwnDatabase, monkeypatch: Any) -> None:
    shop = make_shop()
    order, _ = make_paid_order(shop)
    monkeypatch.setattr(schedule, "now", lambda: now() + timedelta(hours=1))
    schedule.fulfil_stuck()
    assert fresh_order(order).status == "fulfilled"


@pytest.mark.line("life-1")
def test_a_failed_send_is_never_told_as_sent_and_a_killed_one_is_sent_once(db: None) -> None:
    merchant = make_bare_shop()
    message, mailer = queue(merchant), FakeMailer(NotTaken("server_unreachable"))
    with pytest.raises(MessageNotTaken):
        send(message, mailer)
    assert (stored(message).state, stored(message).sent_at) == ("failed", None)
    killed = queue(merchant)

    class Killed(FakeMailer):
        def deliver(self, mail: Any) -> str:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(killed, Killed())
    assert stored(killed).state != "sent"
    with pytest.raises(MessageIsBeingSent):
        send(killed, FakeMailer())
    late, later = FakeMailer(), now() + LEASE + timedelta(seconds=1)
    for _ in range(2):
        send(killed, late, at=later)
    assert (len(late.mails), stored(killed).state) == (1, "sent")
    slow = TakenOver(queue(merchant))
    send(slow.message, slow)
    assert len(slow.other.mails) == 1


@pytest.mark.line("life-1")
def test_a_gift_is_told_as_sent_only_when_a_carrier_took_its_mail(
    own_database: OwnDatabase, monkeypatch: Any
) -> None:
    shop = make_shop()
    make_fulfilled_order(shop, shop.wish(recipient_email="maja@example.com"))

    def refuse(*_: Any) -> str:
        raise NotTaken("server_unreachable")

    monkeypatch.setattr("giftwell.foundation.messaging.outbox.OutboxMailer.deliver", refuse)
    work_off(REACTIONS)
    assert {one.state for one in _messages("gift")} <= {"failed", "queued"}
    with scope.platform(), reading():
        assert not Event.objects.filter(type="message.sent").exists()


@pytest.mark.line("life-1")
def test_a_scheduled_gift_leaves_in_its_buyers_time_zone() -> None:
    pytest.skip("comes with scheduled delivery: a day and an hour of the buyer's, not of the server's")
