"""What can happen to gifts. Ids only: these are a public contract."""

from dataclasses import dataclass
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class GiftMade(DomainEvent):
    """A card is wrapped and has a link."""

    TYPE: ClassVar[str] = "gift.made"

    card: str
    order: str


@dataclass(frozen=True, kw_only=True)
class GiftQueued(DomainEvent):
    """The mail with the link is queued. Whether it arrived is the message's story."""

    TYPE: ClassVar[str] = "gift.queued"

    card: str
    message: str


@dataclass(frozen=True, kw_only=True)
class GiftOpened(DomainEvent):
    """Somebody with the link unwrapped it for the first time."""

    TYPE: ClassVar[str] = "gift.opened"

    card: str
