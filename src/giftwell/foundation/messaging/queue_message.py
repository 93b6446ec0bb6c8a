"""Put a message on its way. It is sent by a job, after the caller's transaction has committed."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from giftwell.foundation.events.record import record
from giftwell.foundation.messaging.events import MessageQueued
from giftwell.foundation.messaging.kinds import KINDS
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.messaging.render import subject_line
from giftwell.foundation.messaging.sealing import masked, seal
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid
from giftwell.kit.ids import new_id


class InvalidRecipient(Invalid):
    """The text is no address that mail can be sent to."""

    code = "invalid_recipient"
    detail = "That is not an e-mail address."


def queue_message(
    kind: str,
    *,
    merchant_id: UUID | None,
    channel: str = "email",
    recipient: str,
    context: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    cause: str,
) -> Message:
    """Write the message to the log, its words encrypted, and record MessageQueued; return the row.

    `merchant_id` is None where the platform itself writes. `cause` says what it is about. Raises
    InvalidRecipient, and ValueError for a context that is not exactly what the kind's templates need: a
    mail with a hole is worse than none.
    """
    spec = KINDS[kind]
    if set(context) != spec.context:
        raise ValueError(f"a {kind} message is filled with {sorted(spec.context)}, not {sorted(context)}")
    try:
        validate_email(recipient)
    except ValidationError:
        raise InvalidRecipient from None
    message_id = new_id()
    with reach(merchant_id), transaction():
        message = Message(
            id=message_id,
            merchant_id=merchant_id,
            channel=channel,
            kind=kind,
            recipient_masked=masked(recipient),
            recipient_encrypted=seal("recipient", message_id, recipient),
            subject=subject_line(kind, context),
            context_encrypted=seal("context", message_id, dict(context)),
            cause=cause,
            created_at=now,
        )
        message.save(force_insert=True)
        event = MessageQueued(merchant_id=merchant_id, subject=message.public_id, kind=kind, channel=channel)
        record(event, actor=actor, at=now)
    return message


def reach(merchant_id: UUID | None) -> AbstractContextManager[scope.Scope]:
    """Enter the merchant's scope, or the platform's for a message of its own."""
    return scope.merchant(merchant_id) if merchant_id else scope.platform()
