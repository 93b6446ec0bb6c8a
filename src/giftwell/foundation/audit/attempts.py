"""Write down what was refused. Its own small transaction, because the refused one has been rolled back."""

import contextlib
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

import structlog
from django.db import connection

from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.ids import new_id

# By hand, because the model would ask for the new row's columns back: who may write a row without a
# merchant need not be able to read it.
_INSERT = """
insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
values (%s, %s, %s, 'refused', %s, %s, %s, %s, %s)
"""


def note_refusal(
    action: str, *, actor: Actor, subject: str, reason: str, merchant_id: UUID | None, at: datetime
) -> None:
    """Add an audit row saying that `actor` was refused `action` on `subject`.

    `reason` is a stable code (an error's `code`), never a text that could hold a code or a token. Call it
    after the refused transaction is over: inside it, the row would go with the rollback.
    """
    with _reach(merchant_id), transaction(), connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [new_id(), merchant_id, action, reason, subject, str(actor), current_request_id(), at],
        )


def current_request_id() -> str:
    """The id that this work's log lines carry, or an empty text outside a request or job."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]


def _reach(merchant_id: UUID | None) -> AbstractContextManager[object]:
    return scope.merchant(merchant_id) if merchant_id else contextlib.nullcontext()
