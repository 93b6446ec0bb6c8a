"""What is on the card with a code."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.domain.cards.codes import code_hash
from giftwell.domain.redemption.refusals import CardNotFound
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.money import Money

_BALANCE = """
select card_id, balance_minor, available_minor, currency, status, expires_at, last4
from redemption.balance(array[%s]::uuid[], array[%s]::bytea[], %s)
"""


@dataclass(frozen=True, slots=True)
class CardBalance:
    """A card as its presenter may see it. `available` is the balance less the holds that are live."""

    card_id: UUID
    balance: Money
    available: Money
    status: str
    expires_at: datetime | None
    last4: str


def check_balance(*, merchant_id: UUID, code: str, now: datetime) -> CardBalance:
    """Look a card up by its code within its merchant.

    Raises `CardNotFound`, the same for an unknown, a foreign, a malformed and a mistyped code.
    """
    with scope.merchant(merchant_id), reading(), connection.cursor() as cursor:
        cursor.execute(_BALANCE, [merchant_id, code_hash(merchant_id, code), now])
        card_id, balance, available, currency, status, expires_at, last4 = cursor.fetchone()
    if card_id is None:
        raise CardNotFound
    return CardBalance(
        card_id, Money(balance, currency), Money(available, currency), status, expires_at, last4
    )
