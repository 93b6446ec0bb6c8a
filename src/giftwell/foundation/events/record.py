"""Record what happened: the event row and its audit row, in the caller's transaction, and nothing else.

No job and no NOTIFY: a notification at each commit made commits wait for each other. The relay starts the
jobs.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from giftwell.foundation.audit.attempts import current_request_id
from giftwell.foundation.events.event import DomainEvent, plain
from giftwell.kit.actor import Actor
from giftwell.kit.ids import new_id

# One statement, so one round trip. No column is asked back: who may write a row need not be able to read it.
_INSERT = """
with event as (
    insert into events_event (id, merchant_id, type, subject, data, actor, at)
    values (%(event)s, %(merchant)s, %(type)s, %(subject)s, %(data)s::jsonb, %(actor)s, %(at)s)
)
insert into audit_auditrow
    (id, merchant_id, action, outcome, reason, subject, actor, changes, request_id, at)
values (%(audit)s, %(merchant)s, %(type)s, 'done', '', %(subject)s, %(actor)s, %(changes)s::jsonb,
%(request)s, %(at)s)
"""


def record(event: DomainEvent, *, actor: Actor, at: datetime, changes: dict[str, Any] | None = None) -> UUID:
    """Write the event and its line in the audit, and give back the event's id.

    `changes` says before and after of what was edited, by field, for the audit only. Raises RuntimeError
    outside a transaction: a fact and its record commit together or not at all.
    """
    _refuse_outside_a_transaction()
    row = _row(event, actor=actor, at=at, changes=changes)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
    event_id: UUID = row["event"]
    return event_id


def record_many(events: Iterable[DomainEvent], *, actor: Actor, at: datetime) -> None:
    """Write many events of one doing, each with its line in the audit, without waiting for each answer.

    Raises RuntimeError outside a transaction.
    """
    _refuse_outside_a_transaction()
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, [_row(event, actor=actor, at=at) for event in events])


def _refuse_outside_a_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of what happened")


def _row(
    event: DomainEvent, *, actor: Actor, at: datetime, changes: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "event": new_id(),
        "audit": new_id(),
        "merchant": event.merchant_id,
        "type": event.TYPE,
        "subject": event.subject,
        "data": json.dumps(event.data()),
        "actor": str(actor),
        "at": at,
        "changes": None if changes is None else json.dumps(plain(changes)),
        "request": current_request_id(),
    }
