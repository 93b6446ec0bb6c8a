"""What can happen to messages. Neither the address nor a word of the message is in an event."""

from dataclasses import dataclass
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class MessageQueued(DomainEvent):
    """A message waits to be sent. Subject: the message."""

    TYPE: ClassVar[str] = "message.queued"

    kind: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class MessageSent(DomainEvent):
    """The provider has taken the message. Subject: the message."""

    TYPE: ClassVar[str] = "message.sent"

    kind: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class MessageDied(DomainEvent):
    """The message will not be sent any more, and `reason` says why. Subject: the message."""

    TYPE: ClassVar[str] = "message.died"

    kind: str
    channel: str
    reason: str
