"""What an idempotency key did: for a caller whose connection broke before the answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.money import Money

_OUTCOME = """
select operation, id, amount_minor, balance_minor, available_minor, currency, card_id, last4, of_id,
expires_at, at, reversed_at from redemption.outcome_of_key(%s, %s)
"""


@dataclass(frozen=True, slots=True)
class KeyOutcome:
    """An effect. `operation` is redeem, authorize, reauthorize, capture, void, refund or unlinked_refund (or
    another kind of posting), or `prevented`: it had no effect, was reversed, and never will have one.

    `reversed_at` is when it was undone. The rest as in `answers.Answer`; what the operation does not have is
    None.
    """

    operation: str
    id: UUID | None
    amount: Money | None
    balance: Money | None
    available: Money | None
    card_id: UUID | None
    last4: str | None
    of_id: UUID | None
    expires_at: datetime | None
    at: datetime
    reversed_at: datetime | None


def outcome_of_key(*, merchant_id: UUID, key: str) -> KeyOutcome | None:
    """What this merchant's key did, or None where it took no effect: then it may be sent again."""
    with scope.merchant(merchant_id), reading(), connection.cursor() as cursor:
        cursor.execute(_OUTCOME, [merchant_id, key])
        row = cursor.fetchone()
    if row is None:
        return None
    operation, found, amount, balance, available, currency, *rest = row

    def money(minor: int | None) -> Money | None:
        return None if minor is None or currency is None else Money(minor, currency)

    return KeyOutcome(operation, found, money(amount), money(balance), money(available), *rest)
