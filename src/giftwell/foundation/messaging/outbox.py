"""The sandbox adapter.

Keeps mail, encrypted, where the outbox page shows it, and sends nothing to anybody.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from giftwell.foundation.messaging.gateway import InlineImage, Mail
from giftwell.foundation.messaging.models import OutboxMail
from giftwell.foundation.messaging.sealing import seal, unseal
from giftwell.foundation.tenancy.transactions import transaction


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as the outbox shows it."""

    public_id: str
    created_at: datetime
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    images: tuple[InlineImage, ...]


class OutboxMailer:
    """Keeps mail instead of sending it; sending a message again replaces what was kept of it."""

    NAME: ClassVar[str] = "outbox"

    def deliver(self, mail: Mail) -> str:
        """Keep the mail; never refuses one."""
        content = {
            "sender": mail.sender,
            "recipient": mail.recipient,
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
            "images": [[image.name, base64.b64encode(image.png).decode()] for image in mail.images],
        }
        with transaction():
            kept, _ = OutboxMail.objects.update_or_create(
                message_id=mail.message_id,
                defaults={"sealed": seal("outbox", mail.message_id, content)},
                create_defaults={
                    "merchant_id": mail.merchant_id,
                    "sealed": seal("outbox", mail.message_id, content),
                    "created_at": mail.at,
                },
            )
        return kept.public_id


def newest_mails(*, limit: int, before: UUID | None = None) -> Sequence[KeptMail]:
    """Return the newest kept mails that the scope in force may see, before the one named."""
    rows = OutboxMail.objects.order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [opened(row) for row in rows[:limit]]


def opened(row: OutboxMail) -> KeptMail:
    """Decrypt a kept mail."""
    content = unseal("outbox", row.message_id, row.sealed)
    images = tuple(InlineImage(name, base64.b64decode(png)) for name, png in content.pop("images"))
    return KeptMail(public_id=row.public_id, created_at=row.created_at, images=images, **content)
