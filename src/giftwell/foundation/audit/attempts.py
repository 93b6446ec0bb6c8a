"""Write down what was refused. Its own small transaction, because the refused one has been rolled back."""

import contextlib
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

import structlog

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def note_refusal(
    action: str, *, actor: Actor, subject: str, reason: str, merchant_id: UUID | None, at: datetime
) -> None:
    """Add an audit row saying that `actor` was refused `action` on `subject`.

    `reason` is a stable code (an error's `code`), never a text that could hold a code or a token. Call it
    after the refused transaction is over: inside it, the row would go with the rollback.
    """
    with _reach(merchant_id), transaction():
        # bulk_create asks for no column back: a row without a merchant may be written by whoever may not
        # read it.
        AuditRow.objects.bulk_create(
            [
                AuditRow(
                    merchant_id=merchant_id,
                    action=action,
                    outcome=AuditRow.Outcome.REFUSED,
                    reason=reason,
                    subject=subject,
                    actor=str(actor),
                    request_id=current_request_id(),
                    at=at,
                )
            ]
        )


def current_request_id() -> str:
    """The id that this work's log lines carry, or an empty text outside a request or job."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]


def _reach(merchant_id: UUID | None) -> AbstractContextManager[object]:
    return scope.merchant(merchant_id) if merchant_id else contextlib.nullcontext()
