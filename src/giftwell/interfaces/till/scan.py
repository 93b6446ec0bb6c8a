"""The first screen: scan, type or paste a card's code. The code is posted once and goes no further than
the session.
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.check_balance import check_balance
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.till import bills
from giftwell.interfaces.till.forms import CodeForm
from giftwell.interfaces.till.held import hold
from giftwell.interfaces.till.place import CounterRequest, at_the_counter
from giftwell.interfaces.till.shown import show
from giftwell.kit import codes
from giftwell.kit.clock import now
from giftwell.kit.errors import NotFound
from giftwell.kit.ids import public_id

LONGEST_CODE = 64


@at_the_counter(Permission.TILL_REDEEM)
def scan(request: CounterRequest, slug: str) -> HttpResponse:
    """Find a card by its code. Unknown, foreign, mistyped and malformed codes get one and the same answer.

    `?bill=open` goes on with a bill that one card did not cover; otherwise the next customer is here.
    """
    if request.method != "POST":
        if request.GET.get("bill") != "open":
            bills.settle(request)
        return _page(request)
    form = CodeForm(request.POST)
    text = form.cleaned_data["code"] if form.is_valid() else ""
    if "://" in text:
        # The link of a gift, from its QR code: whoever has it has the gift, so it is neither
        # opened nor shown here.
        return _page(request, error=_link_words())
    code = codes.bare(text[:LONGEST_CODE])
    try:
        found = check_balance(merchant_id=request.merchant.id, code=code, now=now())
    except NotFound:
        return _page(request, error=_unknown_words())
    hold(request, found.card_id, code, now=now())
    return redirect("till:keypad", slug, public_id(Card.PREFIX, found.card_id))


def _page(request: CounterRequest, *, error: str = "") -> HttpResponse:
    bill = bills.open_bill(request, now=now())
    return show(request, "till/scan.html", error=error, due=bill.due if bill else None)


def _unknown_words() -> str:
    return _("No card of this shop has that code. Check it against the card; nothing was taken.")


def _link_words() -> str:
    return _("That is the link of a gift, not its code. Ask for the code that the gift's page shows.")
