"""An act on a card at the desk: it asks how much, then says what will happen, then does it once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import find_card
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.pages import PageRequest
from giftwell.interfaces.console.errors import id_or_404, tell
from giftwell.interfaces.console.shown import show
from giftwell.interfaces.console.value_forms import ActForm
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money

_FIELDS = {
    "to": "target",
    "amount_minor": "amount",
    "value_minor": "amount",
    "amounts_minor": "amount_1",
    "change_minor": "amount",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What differs between the acts: their forms, words, and what they call.

    `says` gives the sentence and the button of the confirming page; `does` answers the card to show next and
    what was done, in words.
    """

    name: str
    title: str
    lead: str
    form: type[ActForm]
    says: Callable[[Card, ActForm], tuple[str, str]]
    does: Callable[[PageRequest, Card, ActForm], tuple[UUID, str]]
    is_final: bool = False


def act_page(request: PageRequest, card_id: str, page: Page) -> HttpResponse:
    """Ask how much (where there is something to ask), say what will happen, do it."""
    with reading():
        card = find_card(request.merchant.id, id_or_404(Card.PREFIX, card_id))
    if request.method != "POST":
        form = page.form(card=card, initial={"key": f"{page.name}-{new_token()}"})
        return (
            _confirm(request, card, page, form) if page.form is ActForm else _ask(request, card, page, form)
        )
    form = page.form(request.POST, card=card)
    if not form.is_valid():
        return _ask(request, card, page, form)
    if not form.cleaned_data["confirmed"]:
        return _confirm(request, card, page, form)
    try:
        shown, words = page.does(request, card, form)
    except DomainError as error:
        tell(form, error, _FIELDS)
        return _ask(request, card, page, form)
    messages.success(request, words)
    return redirect("console:card", request.merchant.slug, public_id(Card.PREFIX, shown))


def _ask(request: PageRequest, card: Card, page: Page, form: ActForm) -> HttpResponse:
    return _show(request, "console/cards/act.html", card, page, form, {})


def _confirm(request: PageRequest, card: Card, page: Page, form: ActForm) -> HttpResponse:
    sentence, button = page.says(card, form)
    carried = [(name, form.carried_text(name)) for name in form.asked if form.data.get(name)]
    more = {"sentence": sentence, "button": button, "carried": carried}
    return _show(request, "console/cards/confirm.html", card, page, form, more)


def _show(
    request: PageRequest, template: str, card: Card, page: Page, form: ActForm, more: Mapping[str, Any]
) -> HttpResponse:
    balance = Money(card.balance_minor, card.currency)  # type: ignore[attr-defined]  # annotated
    held = Money(card.held_minor, card.currency)  # type: ignore[attr-defined]
    context = {
        "card": card, "form": form, "page": page, "balance": balance, "available": balance - held,
        "held": held, **more,
    }  # fmt: skip
    return show(request, template, "cards", **context)
