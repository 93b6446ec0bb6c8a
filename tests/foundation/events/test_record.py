"""An event and its audit row: in the transaction of the fact, with the same words, and nothing more."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import ClassVar
from uuid import UUID

import pytest
import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.event import DomainEvent, plain
from giftwell.foundation.events.models import Event
from giftwell.foundation.events.queries import timeline
from giftwell.foundation.events.record import record, record_many
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.factories.identity import make_merchant

ME = Actor.command("tests")


@dataclass(frozen=True, kw_only=True)
class ThingHappened(DomainEvent):
    """An event as an app writes it."""

    TYPE: ClassVar[str] = "thing.happened"

    amount: Money
    when: datetime


def event_of(merchant_id: UUID | None, subject: str = "thing_1") -> ThingHappened:
    """A thing that happened."""
    return ThingHappened(
        merchant_id=merchant_id,
        subject=subject,
        amount=Money(2500, "EUR"),
        when=datetime(2026, 1, 2, tzinfo=UTC),
    )


@pytest.mark.django_db
def test_an_event_leaves_its_row_and_its_line_in_the_audit():
    merchant = make_merchant()
    at = now()
    with (
        scope.merchant(merchant.id),
        transaction(),
        structlog.contextvars.bound_contextvars(request_id="req-12345678"),
    ):
        event_id = record(event_of(merchant.id), actor=ME, at=at, changes={"name": ["old", "new"]})
        event = Event.objects.get(pk=event_id)
        row = AuditRow.objects.get(merchant_id=merchant.id, action="thing.happened")
    assert (event.type, event.subject, event.actor, event.at) == ("thing.happened", "thing_1", str(ME), at)
    assert event.data == {
        "amount": {"amount_minor": 2500, "currency": "EUR"},
        "when": "2026-01-02T00:00:00+00:00",
    }
    assert (row.outcome, row.subject, row.actor, row.at) == ("done", "thing_1", str(ME), at)
    assert row.changes == {"name": ["old", "new"]}
    assert row.request_id == "req-12345678"
    assert row.xid == event.xid > 0
    assert event.public_id.startswith("evt_")


@pytest.mark.django_db
def test_recording_is_one_statement_and_tells_nobody():
    merchant = make_merchant()
    with (
        scope.merchant(merchant.id),
        transaction(),
        CaptureQueriesContext(connection) as queries,
    ):
        record(event_of(merchant.id), actor=ME, at=now())
    statements = [query["sql"].lower() for query in queries]
    assert len(statements) == 1
    assert "notify" not in statements[0]
    assert "procrastinate" not in statements[0]


def test_an_event_outside_a_transaction_is_a_bug(own_database):
    with pytest.raises(RuntimeError, match="transaction"):
        record(event_of(None), actor=ME, at=now())


@pytest.mark.django_db
def test_what_is_rolled_back_never_happened():
    merchant = make_merchant()

    class Stop(Exception):
        """Ends the transaction."""

    def happen_and_stop() -> None:
        with scope.merchant(merchant.id), transaction():
            record(event_of(merchant.id), actor=ME, at=now())
            raise Stop

    with pytest.raises(Stop):
        happen_and_stop()
    with scope.merchant(merchant.id), reading():
        assert not timeline(merchant_id=merchant.id, subject="thing_1").exists()
        assert not AuditRow.objects.filter(action="thing.happened").exists()


@pytest.mark.django_db
def test_a_timeline_is_the_subject_s_own_oldest_first():
    merchant = make_merchant()
    with scope.merchant(merchant.id), transaction():
        for subject in ("thing_1", "thing_2", "thing_1"):
            record(event_of(merchant.id, subject), actor=ME, at=now())
        found = list(timeline(merchant_id=merchant.id, subject="thing_1"))
    assert [event.subject for event in found] == ["thing_1", "thing_1"]
    assert found[0].at <= found[1].at


class Colour(Enum):
    """Something that is not a text."""

    RED = "red"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (date(2026, 1, 2), "2026-01-02"),
        (("a", 1, None, True), ["a", 1, None, True]),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({"k": Money(1, "JPY")}, {"k": {"amount_minor": 1, "currency": "JPY"}}),
        (Colour.RED, "red"),
    ],
)
def test_values_become_plain_json(value, expected):
    assert plain(value) == expected


@pytest.mark.parametrize("value", [1.5, b"bytes", object()])
def test_a_float_or_an_object_has_no_place_in_an_event(value):
    with pytest.raises(TypeError, match="no place"):
        plain(value)


@pytest.mark.django_db
def test_many_events_of_one_doing_are_each_told_and_written_down() -> None:
    merchant = make_merchant()
    subjects = [f"thing_{number}" for number in range(5)]
    with scope.merchant(merchant.id), transaction():
        record_many([event_of(merchant.id, subject) for subject in subjects], actor=ME, at=now())
        told = set(Event.objects.filter(type="thing.happened").values_list("subject", flat=True))
        written = set(AuditRow.objects.filter(action="thing.happened").values_list("subject", flat=True))
    assert told == written == set(subjects)


@pytest.mark.usefixtures("own_database")
def test_many_events_are_not_recorded_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        record_many([event_of(None)], actor=ME, at=now())
