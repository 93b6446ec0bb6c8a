"""What was redeemed at this place today, and one redemption: the outcome screen, from which money can be
given back.
"""

from django.http import HttpResponse

from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.actors import actor_names
from giftwell.interfaces.till import bills
from giftwell.interfaces.till.place import CounterRequest, at_the_counter, places_of
from giftwell.interfaces.till.readings import MOST_SHOWN, balance_now, redemption_here, todays
from giftwell.interfaces.till.shown import show
from giftwell.kit.clock import now


@at_the_counter(Permission.TILL_REDEEM)
def today(request: CounterRequest, slug: str) -> HttpResponse:
    """The day at this place: every redemption with its cashier, and the totals."""
    rows = todays(request.merchant, request.counter.location, now())
    names = actor_names(made.row.actor for made in rows)
    shown = [{"made": made, "by": names[made.row.actor]} for made in rows]
    return show(request, "till/today.html", rows=shown, is_cut=len(rows) == MOST_SHOWN)


@at_the_counter(Permission.TILL_REDEEM)
def redemption(request: CounterRequest, slug: str, redemption_id: str) -> HttpResponse:
    """The outcome: what was taken, what is left on the card, what was given back since; and what of the bill
    is still to be paid.
    """
    made = redemption_here(request.merchant, places_of(request), redemption_id)
    bill = bills.open_bill(request, now=now())
    context = {
        "redemption": made.row, "card": made.card, "taken": made.taken, "minus": -made.taken,
        "tip": made.tip, "back": made.back, "left": made.left, "balance": balance_now(made.card),
        "due": bill.due if bill and bill.after == made.row.public_id else None,
    }  # fmt: skip
    return show(request, "till/done.html", **context)
