"""Redemptions: what was spent, where and by whom; and giving it back to the card."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.models import Redemption
from giftwell.domain.redemption.queries import find_redemption, redemptions_of
from giftwell.domain.redemption.refund import refund as refund_redemption
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.actors import actor_names
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.console.amounts import AmountField, written
from giftwell.interfaces.console.errors import id_or_404, tell
from giftwell.interfaces.console.paged import shown_page
from giftwell.interfaces.console.people import place_names
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import UnknownId, parse_id, public_id
from giftwell.kit.money import Money


class RefundForm(Strict):
    """How much to give back, at most what is left. `key` makes a form sent twice give back once."""

    key = forms.RegexField(r"console-[A-Za-z0-9_-]{32}", widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["amount"] = AmountField(currency=currency, label=_("Amount in %(c)s") % {"c": currency})


@merchant_page(Permission.CARDS_VIEW)
def redemptions(request: PageRequest, slug: str) -> HttpResponse:
    """The merchant's redemptions, newest first, at one place or at all."""
    location = request.GET.get("location", "")
    with reading():
        found = redemptions_of(request.merchant.id)
        if location:
            place = _location(location)
            found = found.filter(location_id=place) if place else found.none()
        page = shown_page(request, found, at="redeemed_at")
        cards = Card.objects.filter(merchant=request.merchant).in_bulk([one.card_id for one in page.rows])
        places = place_names(request.merchant.id)
    names = actor_names(one.actor for one in page.rows)
    context = {
        "rows": [
            {"row": one, "card": cards[one.card_id], "by": names[one.actor], "taken": taken_by(one),
             "back": Money(one.refunded_minor, one.currency),
             "place": places.get(one.location_id, "")}
            for one in page.rows
        ],
        "page": page, "location": location,
        "places": [(public_id(Location.PREFIX, key), name) for key, name in places.items() if key],
    }  # fmt: skip
    return show(request, "console/redemptions/list.html", "redemptions", **context)


@merchant_page(Permission.TILL_REFUND)
def refund(request: PageRequest, slug: str, redemption_id: str) -> HttpResponse:
    """Ask how much, and give it back to the card."""
    with reading():
        found = find_redemption(request.merchant.id, id_or_404(Redemption.PREFIX, redemption_id))
        card = Card.objects.get(merchant=request.merchant, pk=found.card_id)
    address = redirect("console:card", slug, card.public_id)
    if not found.refundable_minor:
        messages.warning(request, _("All of this was given back already."))
        return address
    if request.method == "POST":
        form = RefundForm(request.POST, currency=found.currency)
        if form.is_valid() and _given_back(request, found, card, form):
            return address
    else:
        first = {"key": f"console-{new_token()}", "amount": written(found.refundable_minor, found.currency)}
        form = RefundForm(initial=first, currency=found.currency)
    left = Money(found.refundable_minor, found.currency)
    context = {"redemption": found, "card": card, "form": form, "left": left, "taken": taken_by(found)}
    return show(request, "console/redemptions/refund.html", "redemptions", **context)


def taken_by(row: Redemption) -> Money:
    """What the redemption took."""
    return Money(row.amount_minor, row.currency)


def _given_back(request: PageRequest, found: Redemption, card: Card, form: RefundForm) -> bool:
    try:
        answer = refund_redemption(
            merchant_id=request.merchant.id,
            redemption_id=found.id,
            amount_minor=form.cleaned_data["amount"],
            key=form.cleaned_data["key"],
            request_id=request_id_of(request),
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        tell(form, error, {"amount_minor": "amount"})
        return False
    given = {"amount": money_text(answer.amount), "last4": card.last4}
    messages.success(request, _("%(amount)s given back to card %(last4)s.") % given)
    return True


def _location(text: str) -> UUID | None:
    try:
        return parse_id(Location.PREFIX, text)
    except UnknownId:
        return None
