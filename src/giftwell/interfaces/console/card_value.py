"""Value onto, between and out of cards: each act asks how much, then says what will happen, then does it."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from giftwell.domain.cards.load_card import load_card
from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.replace_card import replace_card
from giftwell.domain.cards.split_card import split_card
from giftwell.domain.cards.transfer_value import transfer_value
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.console import value_words
from giftwell.interfaces.console.act_pages import Page, act_page
from giftwell.interfaces.console.value_forms import ActForm, LoadForm, MergeForm, SplitForm, TransferForm
from giftwell.kit.clock import now
from giftwell.kit.money import Money


@merchant_page(Permission.CARDS_LOAD)
def load(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Put value onto a card that the shop owes itself."""
    lead = _("You owe what you add yourself, as you do with the rest of this card.")
    return act_page(
        request, card_id, Page("load", _("Load card"), lead, LoadForm, value_words.says_load, _load)
    )


@merchant_page(Permission.CARDS_TRANSFER)
def transfer(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Move part of a card's value to another card."""
    lead = _("The other card is then valid until the later of the two ends; none of them is shortened.")
    page = Page(
        "transfer", _("Move value from card"), lead, TransferForm, value_words.says_transfer, _transfer
    )
    return act_page(request, card_id, page)


@merchant_page(Permission.CARDS_TRANSFER)
def merge(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Move all of a card's value to another card and close it."""
    lead = _("Everything on it goes to the other card, and this one is closed for good.")
    page = Page("merge", _("Merge card"), lead, MergeForm, value_words.says_merge, _merge, is_final=True)
    return act_page(request, card_id, page)


@merchant_page(Permission.CARDS_TRANSFER)
def split(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Make new cards out of a card's value."""
    lead = _("Each amount becomes a card with a code of its own. What you leave stays on this one.")
    return act_page(
        request, card_id, Page("split", _("Split card"), lead, SplitForm, value_words.says_split, _split)
    )


@merchant_page(Permission.CARDS_REPLACE)
def replace(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Ask, and give the holder of a lost card another one."""
    page = Page("replace", _("Replace card"), "", ActForm, value_words.says_replace, _replace, is_final=True)
    return act_page(request, card_id, page)


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
