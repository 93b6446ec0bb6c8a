"""What a batch tells: rows that SQL writes are the events of the classes, each in the audit once."""

import pytest

from giftwell.domain.bulk import events as bulk
from giftwell.domain.bulk.cancel_batch import cancel_batch
from giftwell.domain.bulk.models import Batch
from giftwell.domain.bulk.undo_batch import undo_batch
from giftwell.domain.cards import events as cards
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.bulk import make_counted, run
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS

pytestmark = pytest.mark.django_db


def told(batch: Batch) -> list[tuple[str, dict[str, object]]]:
    """What was told of the batch, in order, once the audit is seen to hold the same."""
    with scope.merchant(batch.merchant_id), reading():
        rows = list(Event.objects.filter(subject=batch.public_id).order_by("id"))
        written = AuditRow.objects.filter(subject=batch.public_id).order_by("id")
        assert [(one.action, one.outcome) for one in written] == [(row.type, "done") for row in rows]
    assert {row.actor for row in rows} == {str(TESTS)}
    return [(row.type, row.data) for row in rows]


def test_a_batch_tells_of_its_beginning_its_loads_and_its_end():
    batch = run(make_counted(make_shop(), 3, value_minor=700))
    common = {"merchant_id": batch.merchant_id, "subject": batch.public_id, "currency": "EUR"}
    program = batch.program.public_id
    expected = [
        bulk.BatchBegun(kind="issue", program=program, cards=3, amount_minor=2100, **common),
        cards.LoadIssued(program=program, count=3, amount_minor=2100, **common),
        bulk.BatchCompleted(cards=3, amount_minor=2100, **common),
    ]
    assert told(batch) == [(event.TYPE, event.data()) for event in expected]


def test_a_stopped_batch_tells_what_was_taken_back(monkeypatch):
    monkeypatch.setattr("giftwell.domain.bulk.loads.CARDS_OF_A_LOAD", 2)
    batch = make_counted(make_shop(), 3, value_minor=700)
    mine = {"merchant_id": batch.merchant_id, "batch_id": batch.id, "actor": TESTS}
    run(batch, goes_on=lambda: False)
    cancel_batch(**mine, now=now())
    undo_batch(**mine, now=now())
    common = {"merchant_id": batch.merchant_id, "subject": batch.public_id}
    sums = {"amount_minor": 1400, "currency": "EUR"}
    expected = [
        bulk.BatchStopped(reason="cancelled", **common),
        cards.LoadTakenBack(count=2, **sums, **common),
        bulk.BatchUndone(taken=2, left=0, **sums, **common),
    ]
    assert told(batch)[-3:] == [(event.TYPE, event.data()) for event in expected]
