"""A message on its way: queued with its transaction, sent once, never reported as sent when it was not."""

import json
from datetime import timedelta
from email.utils import parseaddr

import pytest

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.messaging.gateway import NeverTaken, NotTaken
from giftwell.foundation.messaging.models import Message, OutboxMail
from giftwell.foundation.messaging.outbox import newest_mails, opened
from giftwell.foundation.messaging.queue_message import InvalidRecipient, queue_message
from giftwell.foundation.messaging.sealing import unseal
from giftwell.foundation.messaging.send_message import (
    LEASE,
    MAX_ATTEMPTS,
    MessageIsBeingSent,
    MessageNotTaken,
    UnknownMessage,
    send_message,
)
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.crypto import CannotDecrypt
from giftwell.kit.ids import new_id
from tests.factories.identity import make_merchant
from tests.foundation.messaging.test_templates import LINK, SAMPLES

ME = Actor.command("tests")
ADDRESS = "maja.quiet@example.com"

pytestmark = pytest.mark.django_db


class FakeMailer:
    """A carrier that does as it is told, and remembers."""

    def __init__(self, *failures):
        self.failures = list(failures)
        self.mails = []

    def deliver(self, mail):
        """Fail as long as failures are left, then take the mail."""
        self.mails.append(mail)
        if self.failures:
            raise self.failures.pop(0)
        return f"ref-{len(self.mails)}"


@pytest.fixture
def merchant():
    return make_merchant(name="Nordlys Books")


def queue(merchant, kind="gift", **changes):
    """Queue a message as a verb would."""
    return queue_message(
        kind,
        merchant_id=merchant.id if merchant else None,
        recipient=ADDRESS,
        context=SAMPLES[kind] | changes,
        actor=ME,
        now=now(),
        cause="gift_1",
    )


def send(message, mailer=None, at=None):
    """Send it as the job does."""
    return send_message(
        message_id=message.id, merchant_id=message.merchant_id, actor=ME, now=at or now(), mailer=mailer
    )


def stored(message):
    """The row as it is now."""
    with scope.platform(), reading():
        return Message.objects.get(pk=message.pk)


def events_of(message):
    """What happened to it."""
    with scope.platform(), reading():
        return list(Event.objects.filter(subject=message.public_id).order_by("id"))


def test_a_queued_message_is_a_row_and_an_event_and_nothing_is_sent(merchant):
    message = stored(queue(merchant))
    assert (message.state, message.attempts, message.channel, message.kind) == ("queued", 0, "email", "gift")
    assert message.subject == "Tomas sent you a Nordlys Books gift card"
    assert message.recipient_masked == "m…@example.com"
    (event,) = events_of(message)
    assert (event.type, event.data) == ("message.queued", {"kind": "gift", "channel": "email"})
    with scope.platform(), reading():
        assert not OutboxMail.objects.exists()


def test_the_log_never_holds_the_link_or_the_address_or_a_word_of_the_message(merchant):
    message = queue(merchant)
    send(message)
    with scope.platform(), reading():
        rows = [
            *Message.objects.filter(pk=message.pk).values(),
            *OutboxMail.objects.values(),
            *Event.objects.values(),
            *AuditRow.objects.values(),
        ]
    kept = json.dumps(
        rows, default=lambda value: repr(bytes(value)) if isinstance(value, memoryview) else str(value)
    )
    for secret in (LINK, "abcdefghijklmnop", ADDRESS, "maja.quiet", "Happy birthday"):
        assert secret not in kept


def test_what_a_message_says_is_forgotten_once_it_is_sent(merchant):
    message = queue(merchant)
    assert unseal("context", message.id, stored(message).context_encrypted)["link"] == LINK
    sent = stored(send(message, FakeMailer()))
    assert (sent.state, sent.context_encrypted, sent.reference, sent.attempts) == ("sent", None, "ref-1", 1)
    assert sent.sent_at is not None
    assert [event.type for event in events_of(message)] == ["message.queued", "message.sent"]


def test_a_sealed_context_does_not_open_in_another_row_or_column(merchant):
    one, other = queue(merchant), queue(merchant)
    with pytest.raises(CannotDecrypt):
        unseal("context", other.id, one.context_encrypted)
    with pytest.raises(CannotDecrypt):
        unseal("recipient", one.id, one.context_encrypted)


def test_sending_twice_sends_once(merchant):
    mailer = FakeMailer()
    message = queue(merchant)
    send(message, mailer)
    send(message, mailer)
    assert len(mailer.mails) == 1
    mail = mailer.mails[0]
    assert mail.recipient == ADDRESS
    assert mail.sender == "Nordlys Books <gifts@giftwell.example>"
    assert mail.header_id.startswith(f"<{message.public_id}@")
    assert LINK in mail.text
    assert [image.name for image in mail.images] == ["qr"]


def test_a_mail_that_was_not_taken_is_never_reported_as_sent_and_is_tried_again(merchant):
    mailer = FakeMailer(NotTaken("server_unreachable"))
    message = queue(merchant)
    with pytest.raises(MessageNotTaken):
        send(message, mailer)
    failed = stored(message)
    assert (failed.state, failed.reason, failed.sent_at) == ("failed", "server_unreachable", None)
    assert [event.type for event in events_of(message)] == ["message.queued"]
    assert send(message, mailer).state == "sent"
    assert stored(message).attempts == 2
    assert mailer.mails[0].header_id == mailer.mails[1].header_id


def test_after_eight_attempts_a_message_is_dead_and_forgets_what_it_said(merchant):
    mailer = FakeMailer(*[NotTaken("server_unreachable")] * MAX_ATTEMPTS)
    message = queue(merchant)
    for _ in range(MAX_ATTEMPTS - 1):
        with pytest.raises(MessageNotTaken):
            send(message, mailer)
    assert send(message, mailer).state == "dead"
    dead = stored(message)
    assert (dead.context_encrypted, dead.sent_at) == (None, None)
    assert events_of(message)[-1].type == "message.died"
    assert events_of(message)[-1].data["reason"] == "server_unreachable"
    assert send(message, mailer).state == "dead"
    assert len(mailer.mails) == MAX_ATTEMPTS


def test_an_address_that_is_refused_for_good_is_not_tried_again(merchant):
    message = queue(merchant)
    assert send(message, FakeMailer(NeverTaken("recipient_refused"))).state == "dead"
    assert stored(message).attempts == 1


class TakenOver:
    """A carrier so slow that another worker sends the message meanwhile."""

    def __init__(self, message, failure=None):
        self.message, self.failure, self.other = message, failure, FakeMailer()

    def deliver(self, mail):
        """Let the other worker send it after the lease is over, and then come to an end as well."""
        with pytest.raises(MessageIsBeingSent):
            send(self.message, self.other)
        send(self.message, self.other, at=now() + LEASE + timedelta(seconds=1))
        if self.failure:
            raise self.failure
        return "late"


def test_while_one_worker_holds_a_message_no_other_sends_it_and_a_dead_one_s_is_taken_over(merchant):
    message = queue(merchant)
    slow = TakenOver(message)
    send(message, slow)
    assert len(slow.other.mails) == 1
    assert stored(message).reference == "ref-1"


def test_the_failure_of_a_worker_that_lost_its_claim_does_not_undo_what_the_other_sent(merchant):
    message = queue(merchant)
    with pytest.raises(MessageNotTaken):
        send(message, TakenOver(message, NotTaken("server_unreachable")))
    assert (stored(message).state, stored(message).context_encrypted) == ("sent", None)


def test_a_message_of_the_platform_itself_has_no_merchant_and_no_merchant_sees_it(merchant):
    message = queue(None, "verify_email")
    assert send(message).state == "sent"
    with scope.merchant(merchant.id), reading():
        assert not Message.objects.filter(pk=message.pk).exists()
        assert not OutboxMail.objects.exists()


def test_a_merchant_s_name_can_not_become_another_header(merchant):
    mailer = FakeMailer()
    send(queue(merchant, merchant_name='Evil" <x@y.example>\r\nBcc: all@example.com'), mailer)
    sender = mailer.mails[0].sender
    assert "\n" not in sender
    assert parseaddr(sender)[1] == "gifts@giftwell.example"


def test_another_merchant_can_not_send_or_see_a_message(merchant):
    message, other = queue(merchant), make_merchant()
    with pytest.raises(UnknownMessage):
        send_message(message_id=message.id, merchant_id=other.id, actor=ME, now=now())
    with pytest.raises(UnknownMessage):
        send_message(message_id=new_id(), merchant_id=merchant.id, actor=ME, now=now())


@pytest.mark.parametrize("context", [{}, {"link": LINK}, SAMPLES["gift"] | {"code": "7K4MXQ2D9FHT3WNPV"}])
def test_a_context_with_a_hole_or_with_more_than_the_kind_knows_is_refused(merchant, context):
    with pytest.raises(ValueError, match="filled with"):
        queue_message(
            "gift",
            merchant_id=merchant.id,
            recipient=ADDRESS,
            context=context,
            actor=ME,
            now=now(),
            cause="gift_1",
        )


@pytest.mark.parametrize("recipient", ["", "maja", "maja@example.com\nBcc: x@example.com", "a@b"])
def test_what_is_no_address_is_refused_and_nothing_is_written(merchant, recipient):
    with pytest.raises(InvalidRecipient):
        queue_message(
            "gift",
            merchant_id=merchant.id,
            recipient=recipient,
            context=SAMPLES["gift"],
            actor=ME,
            now=now(),
            cause="gift_1",
        )
    with scope.platform(), reading():
        assert not Message.objects.exists()


def test_without_a_mail_server_mail_stays_in_the_outbox_whole_and_encrypted(merchant):
    message = queue(merchant)
    send(message)
    with scope.merchant(merchant.id), reading():
        row = OutboxMail.objects.get(message=message)
        (mail,) = newest_mails(limit=10)
    assert LINK.encode() not in bytes(row.sealed)
    assert opened(row) == mail
    assert (mail.recipient, mail.subject) == (ADDRESS, message.subject)
    assert LINK in mail.text
    assert LINK in mail.html
    assert mail.images[0].png.startswith(b"\x89PNG")


def test_the_outbox_keeps_one_mail_of_a_message_however_often_it_is_sent(merchant):
    from giftwell.foundation.messaging.outbox import OutboxMailer

    message = queue(merchant)
    mailer = FakeMailer()
    send(message, mailer)
    with scope.merchant(merchant.id):
        first = OutboxMailer().deliver(mailer.mails[0])
        assert OutboxMailer().deliver(mailer.mails[0]) == first
    with scope.platform(), reading():
        assert OutboxMail.objects.count() == 1
