"""The legs of value that nobody pays the platform for: issued, or loaded, as the merchant's own liability."""

from collections.abc import Iterable

from giftwell.domain.catalog.models import Program
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.foundation.tenancy import PLATFORM


def given_legs(program: Program, values: Iterable[tuple[int, int]]) -> list[chart.Legs]:
    """The legs for each (card's account, value in minor units) of a promo or direct program, in order.

    The merchant owes the value; of a direct card, which it was paid for itself, also the commission. Must run
    in a transaction.
    """
    assert program.issued_account_id is not None
    receivable, commission = open_accounts(
        [
            AccountSpec(merchant_id=program.merchant_id, kind="receivable", currency=program.currency),
            AccountSpec(merchant_id=PLATFORM, kind="commission", currency=program.currency),
        ]
    )
    return [
        chart.issue_collected(
            issued=program.issued_account_id,
            card=account_id,
            receivable=receivable,
            commission=commission,
            value_minor=value_minor,
            commission_minor=_commission(program, value_minor),
        )
        for account_id, value_minor in values
    ]


def _commission(program: Program, value_minor: int) -> int:
    if not program.is_sold:
        return 0
    return chart.commission_on(
        value_minor, bps=program.commission_bps, fixed_minor=program.commission_fixed_minor
    )
