"""What the ledger itself tells. Its functions write these rows; the classes say their shape, and a test
compares.
"""

from dataclasses import dataclass
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class HoldLapsed(DomainEvent):
    """An authorization was over before it was captured: its value can be spent again. The subject is it."""

    TYPE: ClassVar[str] = "authorization.lapsed"

    amount_minor: int
    currency: str
