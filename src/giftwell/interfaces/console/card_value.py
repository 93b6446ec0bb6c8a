"""Value onto, between and out of cards: each act asks how much, then says what will happen, then does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.cards.load_card import load_card
from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import find_card
from giftwell.domain.cards.replace_card import replace_card
from giftwell.domain.cards.split_card import split_card
from giftwell.domain.cards.transfer_value import transfer_value
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.console import value_words
from giftwell.interfaces.console.errors import id_or_404, tell
from giftwell.interfaces.console.shown import show
from giftwell.interfaces.console.value_forms import ActForm, LoadForm, MergeForm, SplitForm, TransferForm
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money

_FIELDS = {"to": "target", "amount_minor": "amount", "value_minor": "amount", "amounts_minor": "amount_1"}


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


@merchant_page(Permission.CARDS_LOAD)
def load(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Put value onto a card that the shop owes itself."""
    lead = _("You owe what you add yourself, as you do with the rest of this card.")
    return _act(request, card_id, Page("load", _("Load card"), lead, LoadForm, value_words.says_load, _load))


@merchant_page(Permission.CARDS_TRANSFER)
def transfer(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Move part of a card's value to another card."""
    lead = _("The other card is then valid until the later of the two ends; none of them is shortened.")
    page = Page(
        "transfer", _("Move value from card"), lead, TransferForm, value_words.says_transfer, _transfer
    )
    return _act(request, card_id, page)


@merchant_page(Permission.CARDS_TRANSFER)
def merge(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Move all of a card's value to another card and close it."""
    lead = _("Everything on it goes to the other card, and this one is closed for good.")
    page = Page("merge", _("Merge card"), lead, MergeForm, value_words.says_merge, _merge, is_final=True)
    return _act(request, card_id, page)


@merchant_page(Permission.CARDS_TRANSFER)
def split(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Make new cards out of a card's value."""
    lead = _("Each amount becomes a card with a code of its own. What you leave stays on this one.")
    return _act(
        request, card_id, Page("split", _("Split card"), lead, SplitForm, value_words.says_split, _split)
    )


@merchant_page(Permission.CARDS_REPLACE)
def replace(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Ask, and give the holder of a lost card another one."""
    page = Page("replace", _("Replace card"), "", ActForm, value_words.says_replace, _replace, is_final=True)
    return _act(request, card_id, page)


def _act(request: PageRequest, card_id: str, page: Page) -> HttpResponse:
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


def _load(request: PageRequest, card: Card, form: ActForm) -> tuple[UUID, str]:
    loaded = load_card(
        merchant_id=request.merchant.id,
        card_id=card.id,
        amount=Money(form.cleaned_data["amount"], card.currency),
        key=form.cleaned_data["key"],
        actor=request.actor,
        now=now(),
    )
    words = {"amount": money_text(loaded.amount), "last4": card.last4}
    return card.id, _("%(amount)s loaded onto card %(last4)s.") % words


def _transfer(request: PageRequest, card: Card, form: ActForm) -> tuple[UUID, str]:
    target: Card = form.cleaned_data["target"]
    moved = transfer_value(
        merchant_id=request.merchant.id,
        source_id=card.id,
        target_id=target.id,
        amount=Money(form.cleaned_data["amount"], card.currency),
        key=form.cleaned_data["key"],
        actor=request.actor,
        now=now(),
    )
    words = {"amount": money_text(moved.amount), "other": target.last4}
    return card.id, _("%(amount)s moved to card %(other)s.") % words


def _merge(request: PageRequest, card: Card, form: ActForm) -> tuple[UUID, str]:
    target: Card = form.cleaned_data["target"]
    moved = merge_cards(
        merchant_id=request.merchant.id,
        source_id=card.id,
        target_id=target.id,
        key=form.cleaned_data["key"],
        actor=request.actor,
        now=now(),
    )
    words = {"amount": money_text(moved.amount), "last4": card.last4}
    return target.id, _("%(amount)s came from card %(last4)s, which is closed.") % words


def _split(request: PageRequest, card: Card, form: ActForm) -> tuple[UUID, str]:
    made = split_card(
        merchant_id=request.merchant.id,
        card_id=card.id,
        amounts_minor=form.cleaned_data["amounts"],
        key=form.cleaned_data["key"],
        actor=request.actor,
        now=now(),
    )
    parts = ", ".join(f"{part.card.last4} ({money_text(part.moved.amount)})" for part in made.parts)
    return card.id, _("New cards: %(parts)s.") % {"parts": parts}


def _replace(request: PageRequest, card: Card, form: ActForm) -> tuple[UUID, str]:
    moved = replace_card(
        merchant_id=request.merchant.id,
        card_id=card.id,
        key=form.cleaned_data["key"],
        actor=request.actor,
        now=now(),
    )
    words = {"last4": card.last4, "amount": money_text(moved.amount)}
    return moved.target_id, _("This card carries the %(amount)s of lost card %(last4)s on.") % words
