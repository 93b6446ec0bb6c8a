"""Giving a redemption back to its card, in part or whole; undoing it, or a refund, as if it had not been."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.answers import Answer
from giftwell.domain.redemption.models import Redemption, Refund
from giftwell.domain.redemption.queries import find_redemption, find_refund, key_of
from giftwell.domain.redemption.refund import refund as refund_redemption
from giftwell.domain.redemption.refusals import RedemptionNotFound
from giftwell.domain.redemption.reverse import reverse
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.console.amounts import AmountField, written
from giftwell.interfaces.console.errors import id_or_404, tell
from giftwell.interfaces.console.redemptions import taken_by
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError
from giftwell.kit.money import Money


class RefundForm(Strict):
    """How much to give back, at most what is left. `key` makes a form sent twice give back once."""

    key = forms.RegexField(r"console-[A-Za-z0-9_-]{32}", widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["amount"] = AmountField(currency=currency, label=_("Amount in %(c)s") % {"c": currency})


@merchant_page(Permission.TILL_REFUND)
def refund(request: PageRequest, slug: str, redemption_id: str) -> HttpResponse:
    """Ask how much, and give it back to the card."""
    found, card = _found(request, redemption_id)
    address = redirect("console:redemption", slug, found.public_id)
    if not found.refundable_minor:
        messages.warning(request, _nothing_left(found))
        return address
    if request.method == "POST":
        form = RefundForm(request.POST, currency=found.currency)
        if form.is_valid() and _given_back(request, found, form):
            return address
    else:
        first = {"key": f"console-{new_token()}", "amount": written(found.refundable_minor, found.currency)}
        form = RefundForm(initial=first, currency=found.currency)
    left = Money(found.refundable_minor, found.currency)
    context = {
        "redemption": found, "card": card, "form": form, "left": left, "taken": taken_by(found),
        "is_closed": card.status == "closed",
    }  # fmt: skip
    return show(request, "console/redemptions/refund.html", "redemptions", **context)


@merchant_page(Permission.TILL_REFUND)
def undo(request: PageRequest, slug: str, redemption_id: str) -> HttpResponse:
    """Ask, naming the amount, and undo the redemption as a whole."""
    found, card = _found(request, redemption_id)
    context = {"redemption": found, "card": card, "amount": taken_by(found), "is_refund": False}
    return _undo(request, found.id, found.public_id, context)


@merchant_page(Permission.TILL_REFUND)
def undo_refund(request: PageRequest, slug: str, redemption_id: str, refund_id: str) -> HttpResponse:
    """Ask, naming the amount, and undo one refund of a redemption."""
    found, _card = _found(request, redemption_id)
    with reading():
        given = find_refund(request.merchant.id, id_or_404(Refund.PREFIX, refund_id))
        if given.redemption_id != found.id:
            raise RedemptionNotFound
        card = Card.objects.get(merchant=request.merchant, pk=given.card_id)
    amount = Money(given.amount_minor, given.currency)
    context = {"redemption": found, "card": card, "amount": amount, "is_refund": True}
    return _undo(request, given.id, found.public_id, context)


def _undo(request: PageRequest, made_id: UUID, shown: str, context: dict[str, Any]) -> HttpResponse:
    if request.method != "POST":
        return show(request, "console/redemptions/undo.html", "redemptions", **context)
    Strict(request.POST).is_valid()
    with reading():
        key = key_of(request.merchant.id, made_id)
    try:
        reverse(
            merchant_id=request.merchant.id,
            key=key,
            request_id=request_id_of(request),
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        given = {"amount": money_text(context["amount"]), "last4": context["card"].last4}
        if context["is_refund"]:
            messages.success(request, _("Undone: %(amount)s has left card %(last4)s again.") % given)
        else:
            messages.success(request, _("Undone: %(amount)s can be spent from card %(last4)s again.") % given)
    return redirect("console:redemption", request.merchant.slug, shown)


def _found(request: PageRequest, redemption_id: str) -> tuple[Redemption, Card]:
    with reading():
        found = find_redemption(request.merchant.id, id_or_404(Redemption.PREFIX, redemption_id))
        return found, Card.objects.get(merchant=request.merchant, pk=found.card_id)


def _nothing_left(found: Redemption) -> str:
    if found.reversed_at:
        return _("This redemption was undone; all of it went back to the card.")
    return _("All of this was given back already.")


def _given_back(request: PageRequest, found: Redemption, form: RefundForm) -> bool:
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
    messages.success(request, _given_words(answer))
    return True


def _given_words(answer: Answer) -> str:
    given = {"amount": money_text(answer.amount), "last4": answer.last4}
    if answer.instead_of:
        words = _("%(amount)s given back to card %(last4)s, which carries the ended one on.")
        return words % given
    return _("%(amount)s given back to card %(last4)s.") % given
