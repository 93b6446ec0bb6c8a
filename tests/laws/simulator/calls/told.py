"""What the platform answered, in the model's words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from giftwell.kit.errors import DomainError

CONFLICT = "idempotency_conflict"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer. `ids` belong to the handles that the model says were made, in order; `differs` is None where
    this way of asking does not tell.
    """

    outcome: str
    amount: int | None = None
    balance: int | None = None
    available: int | None = None
    ids: tuple[UUID, ...] = ()
    differs: frozenset[str] | None = None

    @property
    def figures(self) -> tuple[str, int | None, int | None, int | None]:
        """What must be as in the model."""
        return self.outcome, self.amount, self.balance, self.available


def told_by(call: Callable[[], Told]) -> Told:
    """The answer, or the refusal that was raised."""
    try:
        return call()
    except DomainError as refusal:
        if refusal.code == CONFLICT and refusal.errors:
            return Told("conflict", differs=frozenset(refusal.errors))
        return Told(refusal.code)


def named(fields: Any) -> frozenset[str]:
    """Names of fields."""
    return frozenset(fields)
