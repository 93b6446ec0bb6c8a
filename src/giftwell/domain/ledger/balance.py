"""What an account has: of a guarded one also what is held and what can be spent at an instant."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.domain.ledger.chart import AccountKind
from giftwell.domain.ledger.models import Account
from giftwell.domain.ledger.refusals import AccountNotFound
from giftwell.kit.money import Money


@dataclass(frozen=True, slots=True)
class GuardedBalance:
    """Minor units on a guarded account. Available is the balance less the holds that are live at the
    instant.
    """

    balance_minor: int
    available_minor: int

    @property
    def held_minor(self) -> int:
        """What live holds have set aside."""
        return self.balance_minor - self.available_minor


def balance(merchant_id: UUID, account_id: int, *, now: datetime) -> GuardedBalance:
    """What a merchant's guarded account has. Lock it first where something is decided by the answer.

    Raises `AccountNotFound` for another merchant's account, and for one that is not guarded.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select balance_minor, available_minor "
            "from ledger.card_balances(array[%s]::uuid[], array[%s]::bigint[], %s)",
            [merchant_id, account_id, now],
        )
        row = cursor.fetchone()
    if row is None:
        raise AccountNotFound
    return GuardedBalance(*row)


def folded_balance(merchant_id: UUID, account_id: int) -> int:
    """Credits less debits, in minor units, of any account of this owner (PLATFORM for the platform's): exact.

    A liability or an income shows above zero, an asset or an expense below. Raises `AccountNotFound`.
    """
    with connection.cursor() as cursor:
        cursor.execute("select ledger.balance(%s, %s)", [merchant_id, account_id])
        (total,) = cursor.fetchone()
    if total is None:
        raise AccountNotFound
    return int(total)


def receivables_of(merchant_id: UUID) -> list[Money]:
    """What the merchant owes the platform, a currency each: the commission on what it was paid for itself."""
    accounts = Account.objects.filter(merchant_id=merchant_id, kind=AccountKind.RECEIVABLE)
    owed = [
        Money(-folded_balance(merchant_id, one.id), one.currency) for one in accounts.order_by("currency")
    ]
    return [amount for amount in owed if amount.amount_minor]
