"""Undo what a key did, or make sure that it never does anything: for a till whose answer never came."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from giftwell.domain.redemption.refusals import REFUSALS
from giftwell.foundation.idempotency.once import hash_of
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.money import Money

LONGEST = timedelta(hours=24)
"""After the original; the function in `sql/` holds it too."""

_REVERSE = """
select outcome, operation, id, amount_minor, balance_minor, available_minor, currency, card_id, last4, at
from redemption.reverse(array[%s]::uuid[], array[%s]::text[], array[%s]::bytea[], array[%s]::text[],
  array[%s]::text[], %s)
"""


@dataclass(frozen=True, slots=True)
class Reversal:
    """What became of a key. `operation` is what it had done and `id` what came of it then; both None where
    it had done nothing, and now never will.

    The figures are the card's after the reversal: the first time's where `replayed`.
    """

    operation: str | None
    id: UUID | None
    amount: Money | None
    balance: Money | None
    available: Money | None
    card_id: UUID | None
    last4: str | None
    at: datetime
    replayed: bool


def reverse(*, merchant_id: UUID, key: str, request_id: str = "", actor: Actor, now: datetime) -> Reversal:
    """Undo what a key of the money verbs did: a redemption, capture, refund or load is mirrored exactly, an
    authorization voided. Where the key did nothing yet, its late request is refused for ever (`Reversed`).

    Asked again it gives the same answer. Raises `TooLateToReverse` (24 hours after the original),
    `AlreadyRefunded`, `AuthorizationNotLive`, `CardIsClosed`, `InsufficientFunds` where a refund or a load
    was spent since, `NotReversible` for what a key does elsewhere (a void, a transfer), `KeyInvalid`.
    """
    with scope.merchant(merchant_id), transaction(), connection.cursor() as cursor:
        cursor.execute(_REVERSE, [merchant_id, key, hash_of(merchant_id, key), str(actor), request_id, now])
        outcome, operation, found, amount, balance, available, currency, card_id, last4, at = (
            cursor.fetchone()
        )
    if outcome not in {"done", "replayed"}:
        raise REFUSALS[outcome]

    def money(minor: int | None) -> Money | None:
        return Money(minor, currency) if currency and minor is not None else None

    return Reversal(
        operation=operation,
        id=found,
        amount=money(amount),
        balance=money(balance),
        available=money(available),
        card_id=card_id,
        last4=last4,
        at=at,
        replayed=outcome == "replayed",
    )
