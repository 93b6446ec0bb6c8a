"""The caps of a program on what its cards hold and on what is issued on a day.

What a card spends on a day is judged where it is spent, in redemption's SQL.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from giftwell.domain.catalog.models import Program
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.errors import Refused
from giftwell.kit.ids import new_id
from giftwell.kit.money import Money, format_plain


class ExceedsMaxBalance(Refused):
    """The card would hold more than its program allows; `errors` names the limit."""

    code = "exceeds_max_balance"
    detail = "The card would hold more than its program allows."


class ExceedsIssueLimit(Refused):
    """More would be issued today than the program allows; `errors` names the limit."""

    code = "exceeds_issue_limit"
    detail = "That is more than this program may issue on one day."


# One statement, so that the row is the lock: a second issuer waits for the first one's transaction, and then
# adds to what that one left. What would go beyond the limit changes no row and answers none.
_TAKE = """
insert into cards_issueday as day (id, merchant_id, program_id, issued_date, issued_minor)
select %(id)s, %(merchant)s, %(program)s, %(date)s, %(amount)s where %(amount)s <= %(limit)s
on conflict (program_id, issued_date) do update set issued_minor = day.issued_minor + excluded.issued_minor
  where day.issued_minor + excluded.issued_minor <= %(limit)s
returning issued_minor
"""


def check_balance_cap(program: Program, balance_minor: int) -> None:
    """Raise `ExceedsMaxBalance` where a card of `program` may not hold this much.

    Call it under the card's lock. A refund of what was spent is not judged: the value was on the card before.
    """
    cap = program.max_balance_minor
    if cap is not None and balance_minor > cap:
        raise ExceedsMaxBalance(errors={"amount_minor": f"A card holds at most {_told(cap, program)}."})


def take_from_day(program: Program, merchant: Merchant, amount_minor: int, now: datetime) -> None:
    """Count this much as issued today, in the transaction that issues it, or raise `ExceedsIssueLimit`.

    Counts value issued without a payment, from the moment a limit is set; the day is one of the merchant's
    zone. A program without a limit counts nothing and waits for nobody.
    """
    limit = program.max_issue_per_day_minor
    if limit is None:
        return
    fields: dict[str, Any] = {
        "id": new_id(),
        "merchant": merchant.id,
        "program": program.id,
        "date": now.astimezone(ZoneInfo(merchant.time_zone)).date(),
        "amount": amount_minor,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, fields)
        if cursor.fetchone() is None:
            told = f"This program issues at most {_told(limit, program)} a day."
            raise ExceedsIssueLimit(errors={"value_minor": told})


def _told(amount_minor: int, program: Program) -> str:
    return f"{format_plain(Money(amount_minor, program.currency))} {program.currency}"
