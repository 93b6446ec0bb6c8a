"""The second screen: what the card has, and how much to take.

Every keypad page carries a key of its own. The same key again, by a double press or the back button,
shows what came of it the first time; the ledger itself sees to it that nothing is taken twice.
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.check_balance import CardBalance, check_balance
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.templatetags.words import reader_locale
from giftwell.interfaces.till import amounts, bills
from giftwell.interfaces.till.forms import TakeForm, fields_of
from giftwell.interfaces.till.held import held_code
from giftwell.interfaces.till.keys import new_key, sent_key
from giftwell.interfaces.till.place import CounterRequest, at_the_counter
from giftwell.interfaces.till.readings import card_face, face_of, id_or_404
from giftwell.interfaces.till.refused import explain
from giftwell.interfaces.till.shown import show
from giftwell.interfaces.till.taking import Wanted, first_outcome, scan_again, take
from giftwell.kit.clock import now
from giftwell.kit.errors import NotFound
from giftwell.kit.money import Money

_THEN = {"tip": ("till:tip", "bill"), "hold": ("till:hold", "amount")}


@at_the_counter(Permission.TILL_REDEEM)
def keypad(request: CounterRequest, slug: str, card_id: str) -> HttpResponse:
    """Show the card that lies on the counter, and redeem from it."""
    identity = id_or_404(Card.PREFIX, card_id)
    code = held_code(request, identity, now=now())
    if request.method == "POST":
        fields = fields_of(TakeForm, request.POST)
        return _redeem(request, identity, code, sent_key(request, fields["key"]), fields)
    if code is None:
        return scan_again(request)
    return _keypad_page(request, identity, code, key=new_key(request))


def _keypad_page(
    request: CounterRequest, card_id: UUID, code: str, *, key: str, error: str = "", typed: str = ""
) -> HttpResponse:
    at = now()
    try:
        found = check_balance(merchant_id=request.merchant.id, code=code, now=at)
    except NotFound:
        return scan_again(request)
    card = card_face(request.merchant, card_id)
    if refusal := _unusable(found, at):
        return show(request, "till/refused.html", outcome=explain(refusal, None, found), card=card)
    pattern, theme = face_of(card)
    bill = bills.open_bill(request, now=at)
    due = bill.due if bill and bill.due.currency == card.currency else None
    context = {
        "card": card, "found": found, "pattern": pattern, "theme": theme, "key": key, "due": due,
        "first": min(due, found.available) if due else Money(0, card.currency),
        "error": error, "typed": typed, "quick": amounts.quick(found.available),
        "may_give": Permission.TILL_REFUND_UNLINKED in request.permissions,
        "locale": reader_locale().replace("_", "-"), "word": _("Redeem %(amount)s") % {"amount": "%"},
    }  # fmt: skip
    return show(request, "till/keypad.html", **context)


def _redeem(
    request: CounterRequest, card_id: UUID, code: str | None, key: str, fields: dict[str, Any]
) -> HttpResponse:
    if code is None:
        return first_outcome(request, key) or scan_again(request)
    card = card_face(request.merchant, card_id)
    try:
        amount = Money(amounts.read(fields, card.currency), card.currency)
    except amounts.NoAmount as error:
        return _keypad_page(request, card_id, code, key=key, error=error.detail, typed=fields["amount"])
    if fields["then"]:
        name, field = _THEN[fields["then"]]
        address = reverse(name, args=[request.merchant.slug, card.public_id])
        return redirect(f"{address}?{urlencode({field: amount.amount_minor})}")
    wanted = Wanted(amount, Money(0, card.currency), key, is_part=bool(fields["part"]))
    return take(request, card, code, wanted)


def _unusable(found: CardBalance, at: datetime) -> str:
    """Why nothing can be taken from this card at all, as the code of the refusal; empty where something
    can.
    """
    if found.status in {"frozen", "closed"}:
        return f"card_is_{found.status}"
    if found.expires_at is not None and found.expires_at <= at:
        return "card_is_expired"
    return "" if found.available.amount_minor > 0 else "card_is_empty"
