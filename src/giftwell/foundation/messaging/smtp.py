"""The SMTP adapter: Django's mail API with the server of `MAILERS`."""

import smtplib
from email.message import MIMEPart
from typing import ClassVar

from django.core.mail import EmailMultiAlternatives

from giftwell.foundation.messaging.gateway import InlineImage, Mail, NeverTaken, NotTaken


class SmtpMailer:
    """Sends mail through the default mailer."""

    NAME: ClassVar[str] = "smtp"

    def deliver(self, mail: Mail) -> str:
        """Send the mail and return its Message-ID; a refusal for good (5xx) is told from one for now."""
        message = EmailMultiAlternatives(
            mail.subject, mail.text, mail.sender, [mail.recipient], headers={"Message-ID": mail.header_id}
        )
        message.attach_alternative(mail.html, "text/html")
        for image in mail.images:
            message.attach(_inline(image))
        try:
            taken = message.send(using="default")
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            raise _refusal(min(codes, default=0), "recipient_refused") from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, "server_refused") from None
        except OSError:
            raise NotTaken("server_unreachable") from None
        if not taken:
            raise NotTaken("nothing_sent")
        return mail.header_id


def _refusal(code: int, reason: str) -> NotTaken:
    return NeverTaken(reason) if code >= 500 else NotTaken(reason)


def _inline(image: InlineImage) -> MIMEPart:
    part = MIMEPart()
    part.set_content(
        image.png,
        maintype="image",
        subtype="png",
        disposition="inline",
        filename=f"{image.name}.png",
        cid=f"<{image.name}>",
    )
    return part
