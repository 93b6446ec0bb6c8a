"""Refusals of the verbs that change what a card holds leave a line in the audit, and no other trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from giftwell.foundation.audit.attempts import note_refusal
from giftwell.kit.actor import Actor
from giftwell.kit.errors import DomainError


@contextmanager
def refusals_noted(
    action: str, *, merchant_id: UUID, subject: str, actor: Actor, now: datetime
) -> Iterator[None]:
    """Write down why what runs inside was refused, after it was rolled back, and let the error go on.

    `action` is the type of the event that would have told of it, `subject` the public id asked for. Stand it
    around the verb's transaction, once: a line written inside would go with the rollback.
    """
    try:
        yield
    except DomainError as error:
        note_refusal(action, actor=actor, subject=subject, reason=error.code, merchant_id=merchant_id, at=now)
        raise
