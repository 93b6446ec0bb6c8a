"""The port to whoever carries mail, and what can go wrong there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A PNG that the HTML shows by `cid:<name>`."""

    name: str
    png: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A message, ready to go out.

    `header_id` stays the same when it is sent again, so clients show it once.
    """

    message_id: UUID
    merchant_id: UUID | None
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    header_id: str
    at: datetime
    images: tuple[InlineImage, ...] = ()


class NotTaken(Exception):
    """The mail was not taken now.

    Trying again may help. `reason` is a code of ours, never the server's words.
    """

    def __init__(self, reason: str) -> None:
        """Keep the reason as the text, too."""
        super().__init__(reason)
        self.reason = reason


class NeverTaken(NotTaken):
    """The mail will never be taken: the address does not exist, or is refused for good."""


class Mailer(Protocol):
    """Something that carries mail. Called outside any transaction; may be called twice for one mail."""

    def deliver(self, mail: Mail) -> str:
        """Hand the mail over and return the carrier's reference; raises NotTaken or NeverTaken."""
        ...
