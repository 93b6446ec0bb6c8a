"""A tip on a bill: at a touch as a share of it, or an amount of its own, up to the limit."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.check_balance import check_balance
from giftwell.domain.redemption.redeem_with_tip import most_tip
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.templatetags.words import money_text, reader_locale
from giftwell.interfaces.till import amounts
from giftwell.interfaces.till.forms import TipForm, fields_of
from giftwell.interfaces.till.held import held_code
from giftwell.interfaces.till.keys import new_key, sent_key
from giftwell.interfaces.till.place import CounterRequest, at_the_counter
from giftwell.interfaces.till.readings import card_face, face_of, id_or_404
from giftwell.interfaces.till.shown import show
from giftwell.interfaces.till.taking import Wanted, first_outcome, scan_again, take
from giftwell.kit.clock import now
from giftwell.kit.errors import NotFound
from giftwell.kit.money import Money

SHARES = (5, 10, 15, 20)


@at_the_counter(Permission.TILL_REDEEM)
def tip(request: CounterRequest, slug: str, card_id: str) -> HttpResponse:
    """Ask for a tip on the bill in the address, and take both."""
    identity = id_or_404(Card.PREFIX, card_id)
    code = held_code(request, identity, now=now())
    if request.method == "POST":
        return _take(request, identity, code)
    if code is None:
        return scan_again(request)
    bill = amounts.whole(request.GET.get("bill", ""))
    if bill is None:
        return redirect("till:keypad", slug, card_id)
    return _page(request, identity, code, bill, key=new_key(request))


def _take(request: CounterRequest, card_id: UUID, code: str | None) -> HttpResponse:
    fields = fields_of(TipForm, request.POST)
    key, bill_minor = sent_key(request, fields["key"]), amounts.whole(fields["bill_minor"])
    if code is None or bill_minor is None:
        return first_outcome(request, key) or scan_again(request)
    card = card_face(request.merchant, card_id)
    tip_minor = 0
    if not fields["without"]:
        try:
            tip_minor = amounts.read(fields, card.currency)
        except amounts.NoAmount as error:
            return _page(request, card_id, code, bill_minor, key=key, error=error.detail)
    bill, given = Money(bill_minor, card.currency), Money(tip_minor, card.currency)
    if given > most_tip(bill):
        most = _("A tip is at most %(most)s here. Nothing was taken.") % {"most": money_text(most_tip(bill))}
        return _page(request, card_id, code, bill_minor, key=key, error=most)
    return take(request, card, code, Wanted(bill, given, key))


def _page(
    request: CounterRequest, card_id: UUID, code: str, bill_minor: int, *, key: str, error: str = ""
) -> HttpResponse:
    try:
        found = check_balance(merchant_id=request.merchant.id, code=code, now=now())
    except NotFound:
        return scan_again(request)
    card = card_face(request.merchant, card_id)
    bill = Money(bill_minor, card.currency)
    left = max(0, found.available.amount_minor - bill_minor)
    most = min(most_tip(bill), Money(left, card.currency))
    pattern, theme = face_of(card)
    context = {
        "card": card, "bill": bill, "most": most, "pattern": pattern, "theme": theme, "key": key,
        "error": error, "shares": [one for one in _shares(bill) if one[1] <= most],
        "locale": reader_locale().replace("_", "-"),
        "word": _("Redeem %(bill)s and %(tip)s tip") % {"bill": money_text(bill), "tip": "%"},
    }  # fmt: skip
    return show(request, "till/tip.html", **context)


def _shares(bill: Money) -> list[tuple[int, Money]]:
    """Round shares of the bill; halves of the smallest unit up."""
    return [(share, Money((bill.amount_minor * share + 50) // 100, bill.currency)) for share in SHARES]
