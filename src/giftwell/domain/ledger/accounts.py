"""Opening accounts: what is there is found, what is not is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

_OPEN = "select * from ledger.open_accounts(%s::uuid[], %s::text[], %s::text[], %s::text[])"


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """Which account: its owner (a merchant's id or PLATFORM), kind, currency, and subject where there are
    many.
    """

    merchant_id: UUID
    kind: str
    currency: str
    subject: str = ""


def open_accounts(specs: Sequence[AccountSpec]) -> list[int]:
    """Open the accounts that are not there yet; their ids, in the order asked.

    Must run in a transaction. An account never changes, so its id may be kept. A merchant's scope may open
    its own and the platform's; another merchant's is refused by the database, as is a kind that the chart
    does not have.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            [
                [spec.merchant_id for spec in specs],
                [str(spec.kind) for spec in specs],
                [spec.currency for spec in specs],
                [spec.subject for spec in specs],
            ],
        )
        return [int(account_id) for (account_id,) in cursor.fetchall()]
