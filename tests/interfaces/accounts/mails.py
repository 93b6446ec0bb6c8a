"""What was written to whom, read back from the message log before it is sent."""

from dataclasses import dataclass
from typing import Any

from giftwell.foundation.messaging.models import Message
from giftwell.foundation.messaging.sealing import unseal
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading


@dataclass(frozen=True)
class Written:
    """One queued message, opened."""

    kind: str
    recipient: str
    context: dict[str, Any]

    @property
    def path(self) -> str:
        """The path of the link in it, as a test client asks for it."""
        return "/" + self.context["link"].split("://", 1)[1].split("/", 1)[1]


def written() -> list[Written]:
    """All queued messages of the platform, oldest first."""
    with scope.platform(), reading():
        rows = list(Message.objects.order_by("id"))
    return [
        Written(
            kind=row.kind,
            recipient=unseal("recipient", row.id, row.recipient_encrypted),
            context=unseal("context", row.id, row.context_encrypted),
        )
        for row in rows
    ]
