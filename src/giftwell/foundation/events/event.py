"""What an app's events derive from, and how one becomes JSON.

An event is a public contract: a type in the past tense, public ids, amounts in minor units, nothing secret.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from giftwell.kit.money import Money

_ENVELOPE = frozenset({"merchant_id", "subject"})


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Something happened.

    `subject` is the public id of what it happened to; further fields are the event's data.
    """

    TYPE: ClassVar[str]

    merchant_id: UUID | None
    subject: str

    def data(self) -> dict[str, Any]:
        """The event's own fields as JSON holds them."""
        return {f.name: plain(getattr(self, f.name)) for f in fields(self) if f.name not in _ENVELOPE}


def plain(value: object) -> Any:
    """A value as JSON holds it: ids and times as text, money as amount and currency."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Money):
        return {"amount_minor": value.amount_minor, "currency": value.currency}
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [plain(inner) for inner in items]
    raise TypeError(f"{type(value).__name__} has no place in an event")
