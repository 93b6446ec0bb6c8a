"""Put value on the card on the counter without a redemption that it comes from. A permission of its own; the
shop pays.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.refusals import KeyConflict
from giftwell.domain.redemption.unlinked_refund import unlinked_refund
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.common.templatetags.words import money_text, reader_locale
from giftwell.interfaces.till import amounts
from giftwell.interfaces.till.forms import GiveForm, fields_of
from giftwell.interfaces.till.held import held_code
from giftwell.interfaces.till.keys import new_key, sent_key
from giftwell.interfaces.till.place import CounterRequest, at_the_counter
from giftwell.interfaces.till.readings import card_face, face_of, id_or_404
from giftwell.interfaces.till.shown import show
from giftwell.interfaces.till.taking import scan_again
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError, Invalid
from giftwell.kit.money import Money


class NoReason(Invalid):
    """Money without a receipt is given for a reason that somebody wrote down."""

    code = "no_reason"
    detail = "Write why it is given back. Nothing was given."


@at_the_counter(Permission.TILL_REFUND_UNLINKED)
def give(request: CounterRequest, slug: str, card_id: str) -> HttpResponse:
    """Ask how much and why, and put it on the card."""
    identity = id_or_404(Card.PREFIX, card_id)
    if held_code(request, identity, now=now()) is None:
        return scan_again(request)
    card = card_face(request.merchant, identity)
    if request.method == "POST":
        return _give(request, card)
    return _page(request, card, key=new_key(request))


def _page(
    request: CounterRequest, card: Card, *, key: str, error: str = "", sent: dict[str, str] | None = None
) -> HttpResponse:
    with reading():
        named = Card.objects.filter(merchant=request.merchant, id=card.id)
        most = Money(named.values_list("program__max_value_minor", flat=True).get(), card.currency)
    pattern, theme = face_of(card)
    first = Money(amounts.whole((sent or {}).get("amount_minor", "")) or 0, card.currency)
    context = {
        "card": card, "most": most, "first": first, "reason": (sent or {}).get("reason", ""), "key": key,
        "error": error, "pattern": pattern, "theme": theme, "locale": reader_locale().replace("_", "-"),
        "word": _("Give back %(amount)s") % {"amount": "%"},
    }  # fmt: skip
    return show(request, "till/give.html", **context)


def _give(request: CounterRequest, card: Card) -> HttpResponse:
    fields = fields_of(GiveForm, request.POST)
    key = sent_key(request, fields["key"])
    try:
        amount = Money(amounts.read(fields, card.currency), card.currency)
        if not fields["reason"].strip():
            raise NoReason(_("Write why it is given back. Nothing was given."))
        answer = unlinked_refund(
            merchant_id=request.merchant.id,
            card_id=card.id,
            amount=amount,
            key=key,
            location_id=request.counter.location.id,
            reference=fields["reason"].strip(),
            request_id=request_id_of(request),
            actor=request.actor,
            now=now(),
        )
    except KeyConflict:
        messages.warning(request, _("This was given back already. Nothing more was given."))
    except DomainError as error:
        return _page(request, card, key=key, error=error.detail, sent=fields)
    else:
        given = {"amount": money_text(answer.amount), "last4": card.last4}
        messages.success(request, _("%(amount)s given back to card %(last4)s.") % given)
    return redirect("till:keypad", request.merchant.slug, card.public_id)
