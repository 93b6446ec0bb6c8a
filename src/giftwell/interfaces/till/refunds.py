"""Give back to the card what a redemption took, all of it or a part. The button names the amount: it is
the confirmation.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.redemption.answers import Answer
from giftwell.domain.redemption.refund import refund
from giftwell.domain.redemption.refusals import KeyConflict
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.common.templatetags.words import money_text, reader_locale
from giftwell.interfaces.till import amounts
from giftwell.interfaces.till.forms import AmountForm, fields_of
from giftwell.interfaces.till.keys import new_key, sent_key
from giftwell.interfaces.till.place import CounterRequest, at_the_counter, places_of
from giftwell.interfaces.till.readings import Made, face_of, redemption_here
from giftwell.interfaces.till.shown import show
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from giftwell.kit.errors import DomainError
from giftwell.kit.money import Money


@at_the_counter(Permission.TILL_REFUND)
def refund_page(request: CounterRequest, slug: str, redemption_id: str) -> HttpResponse:
    """Ask how much, at most what is left, and give it back."""
    made = redemption_here(request.merchant, places_of(request), redemption_id)
    if request.method == "POST":
        return _refund(request, made)
    return _page(request, made, key=new_key(request))


def _page(request: CounterRequest, made: Made, *, key: str, error: str = "", typed: str = "") -> HttpResponse:
    left = Money(made.row.refundable_minor, made.row.currency)
    if left.amount_minor == 0:
        messages.warning(
            request,
            _("This was undone.") if made.row.reversed_at else _("All of this was given back already."),
        )
        return redirect("till:redemption", request.merchant.slug, made.row.public_id)
    pattern, theme = face_of(made.card)
    context = {
        "redemption": made.row, "card": made.card, "left": left, "key": key, "error": error, "typed": typed,
        "pattern": pattern, "theme": theme, "locale": reader_locale().replace("_", "-"),
        "taken": made.taken, "word": _("Give back %(amount)s") % {"amount": "%"},
    }  # fmt: skip
    return show(request, "till/refund.html", **context)


def _refund(request: CounterRequest, made: Made) -> HttpResponse:
    fields = fields_of(AmountForm, request.POST)
    key = sent_key(request, fields["key"])
    try:
        amount_minor = amounts.read(fields, made.row.currency)
        answer = refund(
            merchant_id=request.merchant.id,
            redemption_id=made.row.id,
            amount_minor=amount_minor,
            key=key,
            request_id=request_id_of(request),
            actor=request.actor,
            now=now(),
        )
    except KeyConflict:
        messages.warning(
            request, _("This was given back already, as it stands here. Nothing more was given.")
        )
    except DomainError as error:
        return _page(request, made, key=key, error=error.detail, typed=fields["amount"])
    else:
        if answer.instead_of:
            return _carried_on(request, made, answer)
        given = {"amount": money_text(answer.amount), "last4": made.card.last4}
        messages.success(request, _("%(amount)s given back to card %(last4)s.") % given)
    return redirect("till:redemption", request.merchant.slug, made.row.public_id)


def _carried_on(request: CounterRequest, made: Made, answer: Answer) -> HttpResponse:
    """The screen of a refund whose card is closed. A card that this refund opened is shown with its code,
    once: the page sent again, or the next refund, finds a card that somebody has.
    """
    with reading():
        card = Card.objects.get(merchant=request.merchant, id=answer.card_id)
    code = ""
    if not answer.replayed and card.activated_at == answer.at:
        code = reveal_code(merchant_id=request.merchant.id, card_id=card.id, actor=request.actor, now=now())
    context = {
        "redemption": made.row, "closed": made.card, "card": card, "given": answer.amount,
        "balance": answer.balance, "code": display(code) if code else "",
    }  # fmt: skip
    return show(request, "till/carried_on.html", **context)
