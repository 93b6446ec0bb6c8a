"""What a holder does with the value of a card: each act asks, says what will happen, and does it once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from giftwell.domain.cards.close_card import CardHasHolds
from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.replace_card import replace_card
from giftwell.domain.cards.split_card import split_card
from giftwell.domain.cards.transfer_value import transfer_value
from giftwell.interfaces.common.pages import PageRequest, person_page
from giftwell.interfaces.common.telling import tell
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.wallet import act_words
from giftwell.interfaces.wallet.act_forms import ActForm, MergeForm, MoveForm, SplitForm
from giftwell.interfaces.wallet.held import Held, held_card, others_of
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money

_FIELDS = {"to": "target", "amount_minor": "amount", "amounts_minor": "amount_1"}
_ASKS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Page:
    """What differs between the acts. `says` gives the sentence and the button of the confirming page; `does`
    answers the card to show next and what was done, in words.
    """

    name: str
    title: str
    lead: str
    form: type[ActForm]
    says: Callable[[ActForm], tuple[str, str]]
    does: Callable[[PageRequest, ActForm, str], tuple[UUID, str]]
    is_final: Callable[[ActForm], bool]


@require_http_methods(_ASKS)
@person_page
def move(request: PageRequest, card_id: str) -> HttpResponse:
    """Move part or all of what is on a card to another card of the shop."""
    lead = _("To a card of yours, or to somebody else's whose code you have. It can be spent there at once.")
    page = Page(
        "move", _("Move value"), lead, MoveForm, act_words.says_move, _move, lambda form: not form.is_own
    )
    return _act(request, card_id, page)


@require_http_methods(_ASKS)
@person_page
def merge(request: PageRequest, card_id: str) -> HttpResponse:
    """Make one card out of two."""
    lead = _("Two cards of the same shop become one. It is valid until the later of their two ends.")
    page = Page("merge", _("Merge"), lead, MergeForm, act_words.says_merge, _merge, lambda form: True)
    return _act(request, card_id, page)


@require_http_methods(_ASKS)
@person_page
def split(request: PageRequest, card_id: str) -> HttpResponse:
    """Make several cards out of one, to share it."""
    lead = _("Each amount becomes a card with a code of its own, to keep or to give away.")
    page = Page("split", _("Split"), lead, SplitForm, act_words.says_split, _split, lambda form: False)
    return _act(request, card_id, page)


@require_http_methods(_ASKS)
@person_page
def lost(request: PageRequest, card_id: str) -> HttpResponse:
    """Report a card lost: it goes on as another one."""
    page = Page("lost", _("Report it lost"), "", ActForm, act_words.says_lost, _replace, lambda form: True)
    return _act(request, card_id, page)


def _act(request: PageRequest, card_id: str, page: Page) -> HttpResponse:
    """Ask (where there is something to ask), say what will happen, do it."""
    held = held_card(request, card_id)
    others = others_of(request.user.pk, held.card)
    more: dict[str, Any] = {"held": held, "others": others, "person_id": request.user.pk}
    if request.method != "POST":
        form = page.form(**more, initial={"key": new_token()})
        return _confirm(request, page, form) if page.form is ActForm else _ask(request, page, form)
    form = page.form(request.POST, **more)
    if not form.is_valid():
        return _ask(request, page, form)
    if not form.cleaned_data["confirmed"]:
        return _confirm(request, page, form)
    try:
        # The person's own space of keys: nobody is answered with what somebody else's key did.
        shown, words = page.does(request, form, f"wallet:{request.user.pk}:{form.cleaned_data['key']}")
    except DomainError as error:
        _tell(form, error)
        return _ask(request, page, form)
    messages.success(request, words)
    return redirect("wallet:card", public_id(Card.PREFIX, shown))


def _tell(form: ActForm, error: DomainError) -> None:
    """The refusal on the form; of an open payment, what its holder can do about it."""
    if isinstance(error, CardHasHolds):
        form.add_error(
            None,
            _(
                "A till has set part of this card aside for a payment that is not through. Freeze the card "
                "now: nobody can start another payment then. Come back when this one is through; it takes "
                "seven days at most."
            ),
        )
        return
    tell(form, error, _FIELDS)


def _ask(request: PageRequest, page: Page, form: ActForm) -> HttpResponse:
    return _show(request, "wallet/act.html", page, form, {})


def _confirm(request: PageRequest, page: Page, form: ActForm) -> HttpResponse:
    sentence, button = page.says(form)
    more = {
        "sentence": sentence, "button": button, "is_final": page.is_final(form),
        "carried": form.carried_on() if form.is_bound else [],
    }  # fmt: skip
    return _show(request, "wallet/confirm.html", page, form, more)


def _show(
    request: PageRequest, template: str, page: Page, form: ActForm, more: Mapping[str, Any]
) -> HttpResponse:
    context = {"place": "cards", "page": page, "form": form, "held": form.held, "others": form.others, **more}
    return render(request, template, context)


def _common(request: PageRequest, held: Held, key: str) -> dict[str, Any]:
    return {
        "merchant_id": held.card.merchant_id,
        "key": key,
        "held_by": request.user.pk,
        "actor": request.actor,
        "now": now(),
    }


def _move(request: PageRequest, form: ActForm, key: str) -> tuple[UUID, str]:
    card = form.held.card
    moved = transfer_value(
        source_id=card.id,
        target_id=form.target.id,
        amount=Money(form.cleaned_data["amount"], card.currency),
        **_common(request, form.held, key),
    )
    words = {"amount": money_text(moved.amount), "other": form.target.last4}
    return card.id, _("%(amount)s moved to card %(other)s.") % words


def _merge(request: PageRequest, form: ActForm, key: str) -> tuple[UUID, str]:
    card = form.held.card
    moved = merge_cards(source_id=card.id, target_id=form.target.id, **_common(request, form.held, key))
    words = {"amount": money_text(moved.amount), "last4": card.last4}
    return form.target.id, _("%(amount)s came from card %(last4)s, which has ended.") % words


def _split(request: PageRequest, form: ActForm, key: str) -> tuple[UUID, str]:
    card = form.held.card
    made = split_card(
        card_id=card.id, amounts_minor=form.cleaned_data["amounts"], **_common(request, form.held, key)
    )
    parts = ", ".join(f"{part.card.last4} ({money_text(part.moved.amount)})" for part in made.parts)
    text = ngettext("Your new card: %(parts)s.", "Your new cards: %(parts)s.", len(made.parts))
    return (card.id if made.left.amount_minor else made.parts[0].card.id), text % {"parts": parts}


def _replace(request: PageRequest, form: ActForm, key: str) -> tuple[UUID, str]:
    moved = replace_card(card_id=form.held.card.id, **_common(request, form.held, key))
    words = {"last4": form.held.card.last4, "amount": money_text(moved.amount)}
    return moved.target_id, _("Card %(last4)s is dead. Its %(amount)s are on this new card.") % words
