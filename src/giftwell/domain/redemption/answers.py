"""How one row of a redemption function becomes an answer or an error. Shared by the verbs beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from giftwell.domain.redemption.fingerprint import differing_fields, fingerprint
from giftwell.domain.redemption.refusals import REFUSALS, KeyConflict
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.money import Money


@dataclass(frozen=True, slots=True)
class Answer:
    """What took effect: now, or (`replayed`) the first time, with the figures of then.

    `id` is the redemption's, the authorization's or the refund's; `of_id` what it belongs to: a refund's
    redemption, the authorization that a redemption captured or an authorization replaced. `amount` is what
    moved (with its tip), was set aside, or was let go; `expires_at` is when an authorization ends.
    `instead_of` is the closed card whose refund went to `card_id`.
    """

    id: UUID
    amount: Money
    balance: Money
    available: Money
    card_id: UUID
    last4: str
    of_id: UUID | None
    expires_at: datetime | None
    at: datetime
    replayed: bool
    instead_of: UUID | None = None


def fingerprint_of(operation: str, values: Mapping[str, object]) -> bytes:
    """The fingerprint under this installation's key."""
    return fingerprint(settings.LOOKUP_KEYS["fingerprint"], operation, values)


def ask(operation: str, sql: str, *, merchant_id: UUID, mark: bytes, values: Sequence[Any]) -> Answer:
    """Call a function with one row, in a transaction of the merchant's.

    A refusal is written to the audit by the function and committed; the error is raised after it, outside
    the transaction. Raises the errors of `refusals.py`.
    """
    with scope.merchant(merchant_id), transaction(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    _, outcome, found, amount, balance, available, currency, card_id, last4, of_id, expires_at, at, *rest = (
        row
    )
    stored, instead_of = (*rest, None)[:2]
    if outcome == "conflict":
        differing = differing_fields(operation, mark, bytes(stored))
        raise KeyConflict(errors=dict.fromkeys(differing, "differs from the first request"))
    if outcome not in {"done", "replayed"}:
        raise REFUSALS[outcome]
    return Answer(
        id=found,
        amount=Money(amount, currency),
        balance=Money(balance, currency),
        available=Money(available, currency),
        card_id=card_id,
        last4=last4,
        of_id=of_id,
        expires_at=expires_at,
        at=at,
        replayed=outcome == "replayed",
        instead_of=instead_of,
    )
