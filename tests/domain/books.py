"""What the books say, folded from the transfers themselves and by no function of ours."""

from uuid import UUID

from django.db import connection

from giftwell.foundation.tenancy import PLATFORM, scope
from giftwell.foundation.tenancy.transactions import reading

_FOLD = """
select coalesce(sum(t.amount_minor) filter (where t.credit_id = a.id), 0)
     - coalesce(sum(t.amount_minor) filter (where t.debit_id = a.id), 0)
from ledger_account a
left join ledger_transfer t on a.id in (t.credit_id, t.debit_id)
where a.merchant_id = %s and a.kind = %s and a.currency = %s
"""


def credit_of(kind: str, currency: str = "EUR", *, owner: UUID = PLATFORM) -> int:
    """Credits less debits of all of an owner's accounts of a kind, in minor units; an asset's is negative."""
    with scope.platform(), reading(), connection.cursor() as cursor:
        cursor.execute(_FOLD, [owner, kind, currency])
        (total,) = cursor.fetchone()
    return int(total)


def books(currency: str = "EUR") -> dict[str, int]:
    """The platform's accounts that selling touches, those at zero left out."""
    kinds = ("processor:sandbox", "unapplied", "refunds_due", "fees", "commission")
    found = {kind: credit_of(kind, currency) for kind in kinds}
    return {kind: total for kind, total in found.items() if total}


def postings(merchant_id: UUID) -> list[str]:
    """The causes of a merchant's postings, in order."""
    with scope.platform(), reading(), connection.cursor() as cursor:
        cursor.execute(
            "select cause from ledger_posting where merchant_id = %s order by posted_at, id", [merchant_id]
        )
        return [cause for (cause,) in cursor.fetchall()]
