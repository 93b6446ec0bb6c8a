"""SMTP through Django's mailers.

Both forms and the picture arrive; a refusal for good is told from one for now.
"""

import smtplib

import pytest
from django.core import mail as outbox
from django.test import override_settings

from giftwell.config.environment import BadEnvironment
from giftwell.config.mail import mailers
from giftwell.foundation.messaging.adapters import mailer_in_use
from giftwell.foundation.messaging.gateway import InlineImage, Mail, NeverTaken, NotTaken
from giftwell.foundation.messaging.outbox import OutboxMailer
from giftwell.foundation.messaging.smtp import SmtpMailer
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id

LOCMEM = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
PNG = b"\x89PNG\r\n\x1a\n-picture"


def a_mail() -> Mail:
    """A mail with everything in it."""
    return Mail(
        message_id=new_id(),
        merchant_id=None,
        sender="Giftwell <gifts@giftwell.example>",
        recipient="maja@example.com",
        subject="Tomas sent you a gift, für Maja",
        text="Hello",
        html='<p>Hello <img src="cid:qr"></p>',
        header_id="<msg_1@giftwell.example>",
        at=now(),
        images=(InlineImage("qr", PNG),),
    )


@override_settings(MAILERS=LOCMEM)
def test_a_mail_arrives_with_both_forms_and_its_picture():
    outbox.outbox = []
    assert SmtpMailer().deliver(a_mail()) == "<msg_1@giftwell.example>"
    message = outbox.outbox[0].message()
    parts = {part.get_content_type(): part for part in message.walk()}
    assert message["Message-ID"] == "<msg_1@giftwell.example>"
    assert message["To"] == "maja@example.com"
    assert str(message["Subject"]).startswith("Tomas sent you a gift")
    assert {"text/plain", "text/html", "image/png"} <= set(parts)
    assert parts["image/png"]["Content-ID"] == "<qr>"
    assert parts["image/png"].get_content_disposition() == "inline"
    assert parts["image/png"].get_payload(decode=True) == PNG


@override_settings(MAILERS=LOCMEM)
@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (smtplib.SMTPRecipientsRefused({"m@x": (550, b"no such user m@x")}), NeverTaken, "recipient_refused"),
        (smtplib.SMTPRecipientsRefused({"m@x": (450, b"busy")}), NotTaken, "recipient_refused"),
        (smtplib.SMTPDataError(554, b"spam"), NeverTaken, "server_refused"),
        (smtplib.SMTPResponseException(421, b"later"), NotTaken, "server_refused"),
        (smtplib.SMTPServerDisconnected("gone"), NotTaken, "server_unreachable"),
        (ConnectionRefusedError("no"), NotTaken, "server_unreachable"),
    ],
)
def test_what_goes_wrong_is_told_in_our_own_words(monkeypatch, error, kind, reason):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    with pytest.raises(NotTaken) as caught:
        SmtpMailer().deliver(a_mail())
    assert type(caught.value) is kind
    assert caught.value.reason == reason
    assert "m@x" not in str(caught.value)


def test_mail_leaves_the_machine_only_where_a_server_is_configured():
    with override_settings(MAILERS={}):
        assert isinstance(mailer_in_use(), OutboxMailer)
    with override_settings(MAILERS=LOCMEM):
        assert isinstance(mailer_in_use(), SmtpMailer)


def test_an_email_url_becomes_django_s_mailer():
    options = mailers("smtp+tls://us%40er:pa%2Fss@mail.example")["default"]["OPTIONS"]
    assert (options["host"], options["port"], options["use_tls"], options["use_ssl"]) == (
        "mail.example",
        587,
        True,
        False,
    )
    assert (options["username"], options["password"]) == ("us@er", "pa/ss")
    assert mailers("smtps://mail.example")["default"]["OPTIONS"]["port"] == 465
    assert mailers("smtp://localhost:1025")["default"]["OPTIONS"]["port"] == 1025
    assert mailers("") == {}


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtps:mail"])
def test_an_address_of_no_mail_server_is_refused_by_name(url):
    with pytest.raises(BadEnvironment, match="EMAIL_URL"):
        mailers(url)
