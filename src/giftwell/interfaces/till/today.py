"""What was redeemed at this place today, and one redemption: the outcome screen, from which money can be
given back.
"""

from django.http import HttpResponse

from giftwell.domain.redemption.models import Redemption
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.actors import actor_names
from giftwell.interfaces.till.place import CounterRequest, at_the_counter, places_of
from giftwell.interfaces.till.readings import MOST_SHOWN, balance_now, redemption_here, todays
from giftwell.interfaces.till.shown import show
from giftwell.kit.clock import now
from giftwell.kit.money import Money


@at_the_counter(Permission.TILL_REDEEM)
def today(request: CounterRequest, slug: str) -> HttpResponse:
    """The day at this place: every redemption with its cashier, and the totals."""
    with reading():
        rows = list(todays(request.merchant, request.counter.location, now())[:MOST_SHOWN])
    names = actor_names(row.actor for row in rows)
    shown = [_line(row, names) for row in rows]
    return show(request, "till/today.html", rows=shown, is_cut=len(rows) == MOST_SHOWN)


@at_the_counter(Permission.TILL_REDEEM)
def redemption(request: CounterRequest, slug: str, redemption_id: str) -> HttpResponse:
    """The outcome: what was taken, what is left on the card, and what was given back since."""
    found = redemption_here(request.merchant, places_of(request), redemption_id)
    left = Money(found.amount_minor - found.refunded_minor, found.currency)
    context = {
        "redemption": found, "card": found.card, "taken": Money(found.amount_minor, found.currency),
        "minus": -Money(found.amount_minor, found.currency), "back": Money(found.refunded_minor,
        found.currency), "balance": balance_now(found.card), "left": left, }  # fmt: skip return
        show(request, "till/done.html", **context)


def _line(row: Redemption, names: dict[str, str]) -> dict[str, object]:
    return {
        "row": row,
        "taken": Money(row.amount_minor, row.currency),
        "back": Money(row.refunded_minor, row.currency),
        "by": names[row.actor],
        "can_refund": row.refunded_minor < row.amount_minor,
    }
