"""Which carrier is in use: the SMTP server where one is configured, else the outbox."""

from django.core.mail import mailers

from giftwell.foundation.messaging.gateway import Mailer
from giftwell.foundation.messaging.outbox import OutboxMailer
from giftwell.foundation.messaging.smtp import SmtpMailer


def mailer_in_use() -> Mailer:
    """Return the carrier that the settings ask for."""
    return SmtpMailer() if "default" in mailers else OutboxMailer()
