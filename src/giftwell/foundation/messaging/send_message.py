"""Send a queued message: claim it, hand it to the carrier outside any transaction, write down what came
of it.

At least once: a process that dies between handing over and writing down leads to a second sending, under
the same Message-ID. The other order would sometimes report as delivered what nobody ever got.
"""

from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from uuid import UUID

from django.conf import settings

from giftwell.foundation.events.record import record
from giftwell.foundation.messaging.adapters import mailer_in_use
from giftwell.foundation.messaging.events import MessageDied, MessageSent
from giftwell.foundation.messaging.gateway import Mail, Mailer, NeverTaken, NotTaken
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.messaging.queue_message import reach
from giftwell.foundation.messaging.render import render
from giftwell.foundation.messaging.sealing import unseal
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound, Unavailable

MAX_ATTEMPTS = 8
# Longer than a carrier may take, so that whoever holds a claim for longer is dead.
LEASE = timedelta(minutes=2)

State = Message.State


class UnknownMessage(NotFound):
    """No such message in this scope."""

    code = "message_not_found"
    detail = "There is no such message."


class MessageIsBeingSent(Unavailable):
    """Another process holds the message."""

    code = "message_is_being_sent"
    detail = "The message is being sent at the moment."


class MessageNotTaken(Unavailable):
    """The carrier did not take the message; it stays in the log as failed until it is tried again."""

    code = "message_not_taken"
    detail = "The message could not be handed over. It will be tried again."


def send_message(
    *, message_id: UUID, merchant_id: UUID | None, actor: Actor, now: datetime, mailer: Mailer | None = None
) -> Message:
    """Send the message, unless it is sent or given up already; return the row as it is then.

    Repeating it is harmless. Raises UnknownMessage, MessageIsBeingSent (another holds it),
    MessageNotTaken (try again later; after eight attempts, or where the address is refused for good, the
    message is dead instead).
    """
    with reach(merchant_id):
        message = _claim(message_id, now)
        if message.state != State.SENDING:
            return message
        try:
            reference = (mailer or mailer_in_use()).deliver(_mail(message, now))
        except NotTaken as failure:
            is_over = isinstance(failure, NeverTaken) or message.attempts >= MAX_ATTEMPTS
            _settle_failure(message, reason=failure.reason, is_over=is_over, actor=actor, now=now)
            if not is_over:
                raise MessageNotTaken from None
            return message
        _settle_success(message, reference=reference, actor=actor, now=now)
        return message


def _claim(message_id: UUID, now: datetime) -> Message:
    with transaction(durable=True):
        rows = Message.objects.select_for_update(of=("self",), no_key=True)
        message = rows.filter(pk=message_id).first()
        if message is None:
            raise UnknownMessage
        if message.state in {State.SENT, State.DEAD}:
            return message
        if message.state == State.SENDING and message.claimed_at and now - message.claimed_at < LEASE:
            raise MessageIsBeingSent
        message.state = State.SENDING
        message.claimed_at = now
        message.attempts += 1
        message.save(update_fields=["state", "claimed_at", "attempts"])
    return message


def _mail(message: Message, now: datetime) -> Mail:
    context = unseal("context", message.id, message.context_encrypted or b"")
    rendered = render(message.kind, context)
    name, address = parseaddr(settings.EMAIL_FROM)
    # A gift comes from the shop, in the reader's eyes; the address stays ours, which is what may send.
    shop = " ".join(str(context.get("merchant_name", "")).split())
    return Mail(
        message_id=message.id,
        merchant_id=message.merchant_id,
        sender=formataddr((shop or name, address)),
        recipient=unseal("recipient", message.id, message.recipient_encrypted),
        subject=message.subject,
        text=rendered.text,
        html=rendered.html,
        header_id=f"<{message.public_id}@{address.rpartition('@')[2]}>",
        at=now,
        images=rendered.images,
    )


def _still_claimed(message: Message) -> bool:
    # A carrier slower than the lease: another process has taken the message over, and what it writes down
    # counts.
    rows = Message.objects.select_for_update(of=("self",), no_key=True)
    held = rows.filter(pk=message.pk, state=State.SENDING, claimed_at=message.claimed_at)
    return held.first() is not None


def _settle_success(message: Message, *, reference: str, actor: Actor, now: datetime) -> None:
    with transaction(durable=True):
        if not _still_claimed(message):
            return
        message.state, message.sent_at, message.reason = State.SENT, now, ""
        message.reference, message.context_encrypted = reference, None
        message.save(update_fields=["state", "sent_at", "reason", "reference", "context_encrypted"])
        event = MessageSent(
            merchant_id=message.merchant_id,
            subject=message.public_id,
            kind=message.kind,
            channel=message.channel,
        )
        record(event, actor=actor, at=now)


def _settle_failure(message: Message, *, reason: str, is_over: bool, actor: Actor, now: datetime) -> None:
    with transaction(durable=True):
        if not _still_claimed(message):
            return
        message.state, message.reason = (State.DEAD if is_over else State.FAILED), reason
        if is_over:
            message.context_encrypted = None
        message.save(update_fields=["state", "reason", "context_encrypted"])
        if is_over:
            event = MessageDied(
                merchant_id=message.merchant_id,
                subject=message.public_id,
                kind=message.kind,
                channel=message.channel,
                reason=reason,
            )
            record(event, actor=actor, at=now)
