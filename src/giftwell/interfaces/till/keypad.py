"""The second screen: what the card has, how much to take; and the outcome where it is refused.

Every keypad page carries a key of its own. The same key again, by a double press or the back button,
shows what came of it the first time; the ledger itself sees to it that nothing is taken twice.
"""

import re
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.check_balance import CardBalance, check_balance
from giftwell.domain.redemption.models import Redemption
from giftwell.domain.redemption.outcome_of_key import outcome_of_key
from giftwell.domain.redemption.redeem import redeem
from giftwell.domain.redemption.refusals import KeyConflict
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.common.templatetags.words import reader_locale
from giftwell.interfaces.till import amounts
from giftwell.interfaces.till.forms import AmountForm
from giftwell.interfaces.till.held import held_code, put_away
from giftwell.interfaces.till.place import CounterRequest, at_the_counter
from giftwell.interfaces.till.readings import card_face, face_of, id_or_404
from giftwell.interfaces.till.refused import explain
from giftwell.interfaces.till.shown import show
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError, NotFound
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money

_KEY = re.compile(r"till-[A-Za-z0-9_-]{32}")


def new_key() -> str:
    """A fresh idempotency key for one keypad page."""
    return f"till-{new_token()}"


def sent_amount(request: CounterRequest) -> tuple[str, dict[str, str]]:
    """The key that the page carried, and its fields; a key that is not ours counts as none, and gets a
    fresh one.
    """
    form = AmountForm(request.POST)
    fields = form.cleaned_data if form.is_valid() else {}
    sent = fields.get("key", "")
    return (sent if _KEY.fullmatch(sent) else new_key()), fields


@at_the_counter(Permission.TILL_REDEEM)
def keypad(request: CounterRequest, slug: str, card_id: str) -> HttpResponse:
    """Show the card that lies on the counter, and redeem from it."""
    identity = id_or_404(Card.PREFIX, card_id)
    code = held_code(request, identity, now=now())
    if request.method == "POST":
        key, fields = sent_amount(request)
        return _redeem(request, identity, code, key, fields)
    if code is None:
        return _scan_again(request)
    return _keypad_page(request, identity, code, key=new_key())


def _keypad_page(
    request: CounterRequest, card_id: UUID, code: str, *, key: str, error: str = "", typed: str = ""
) -> HttpResponse:
    at = now()
    try:
        found = check_balance(merchant_id=request.merchant.id, code=code, now=at)
    except NotFound:
        return _scan_again(request)
    card = card_face(request.merchant, card_id)
    if refusal := _unusable(found, at):
        return show(request, "till/refused.html", outcome=explain(refusal, None, found), card=card)
    pattern, theme = face_of(card)
    context = {
        "card": card, "found": found, "pattern": pattern, "theme": theme, "key": key,
        "error": error, "typed": typed, "quick": amounts.quick(found.available),
        "locale": reader_locale().replace("_", "-"), "word": _("Redeem %(amount)s") % {"amount": "%"},
    }  # fmt: skip
    return show(request, "till/keypad.html", **context)


def _redeem(
    request: CounterRequest, card_id: UUID, code: str | None, key: str, fields: dict[str, str]
) -> HttpResponse:
    merchant_id = request.merchant.id
    if code is None:
        return _first_outcome(request, key) or _scan_again(request)
    card = card_face(request.merchant, card_id)
    try:
        amount = Money(amounts.read(fields, card.currency), card.currency)
    except amounts.NoAmount as error:
        typed = fields.get("amount", "")
        return _keypad_page(request, card_id, code, key=key, error=error.detail, typed=typed)
    try:
        answer = redeem(
            merchant_id=merchant_id,
            code=code,
            amount=amount,
            key=key,
            location_id=request.counter.location.id,
            request_id=request_id_of(request),
            actor=request.actor,
            now=now(),
        )
    except KeyConflict:
        # Back, another amount, and the same page sent again: the customer was asked for the
        # first amount, and has paid it.
        messages.warning(request, _("This was redeemed already, as it stands here. Nothing more was taken."))
        return _first_outcome(request, key) or _scan_again(request)
    except DomainError as error:
        return _refused(request, card, code, amount, error)
    put_away(request, card_id)
    return redirect("till:redemption", request.merchant.slug, public_id(Redemption.PREFIX, answer.id))


def _refused(
    request: CounterRequest, card: Card, code: str, amount: Money, error: DomainError
) -> HttpResponse:
    try:
        found = check_balance(merchant_id=request.merchant.id, code=code, now=now())
    except NotFound:
        return _scan_again(request)
    return show(
        request, "till/refused.html", outcome=explain(error.code, amount, found), card=card, key=new_key()
    )


def _first_outcome(request: CounterRequest, key: str) -> HttpResponse | None:
    first = outcome_of_key(merchant_id=request.merchant.id, key=key)
    if first is None or first.id is None or first.operation != "redeem":
        return None
    return redirect("till:redemption", request.merchant.slug, public_id(Redemption.PREFIX, first.id))


def _scan_again(request: CounterRequest) -> HttpResponse:
    messages.warning(
        request, _("No card lies on the counter: one is kept for ten minutes. Scan it once more.")
    )
    return redirect("till:scan", request.merchant.slug)


def _unusable(found: CardBalance, at: datetime) -> str:
    """Why nothing can be taken from this card at all, as the code of the refusal; empty where something
    can.
    """
    if found.status in {"frozen", "closed"}:
        return f"card_is_{found.status}"
    if found.expires_at is not None and found.expires_at <= at:
        return "card_is_expired"
    return "" if found.available.amount_minor > 0 else "card_is_empty"
