"""One card of a person's wallet: what is on it, what happened to it, its code if asked for, its freeze."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.lineage import kin_of
from giftwell.domain.cards.models import FreezeReason
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.cards.unfreeze_card import unfreeze_card
from giftwell.domain.delivery.links import gift_link
from giftwell.domain.delivery.models import Gift
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.pages import PageRequest, person_page
from giftwell.interfaces.common.squares import qr_of
from giftwell.interfaces.wallet.held import Held, held_card, others_of
from giftwell.interfaces.wallet.history import history_of_holder
from giftwell.kit.clock import now
from giftwell.kit.codes import display


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do with the card, and the page that asks how."""

    word: str
    symbol: str
    href: str


@require_safe
@person_page
def card(request: PageRequest, card_id: str) -> HttpResponse:
    """The page of one card; its code is asked for."""
    return _page(request, held_card(request, card_id))


@person_page
@require_POST
def code(request: PageRequest, card_id: str) -> HttpResponse:
    """The same page with the code, for the till. Raises what `reveal_code` refuses."""
    held = held_card(request, card_id)
    shown = reveal_code(
        merchant_id=held.card.merchant_id, card_id=held.card.id, actor=request.actor, now=now()
    )
    return _page(request, held, shown)


@person_page
@require_POST
def freeze(request: PageRequest, card_id: str) -> HttpResponse:
    """Stop the card from being spent until its holder says otherwise."""
    held = held_card(request, card_id)
    freeze_card(**_mine(request, held))
    messages.success(request, _("Nobody can spend this card until you unfreeze it. Its value is safe."))
    return redirect("wallet:card", card_id)


@person_page
@require_POST
def unfreeze(request: PageRequest, card_id: str) -> HttpResponse:
    """Take the holder's own freeze back; others stand."""
    held = held_card(request, card_id)
    unfreeze_card(**_mine(request, held))
    still = bool(held.frozen_by - {FreezeReason.HOLDER})
    said = _("Your freeze is gone; the shop's own still stands.") if still else _("It can be spent again.")
    messages.success(request, said)
    return redirect("wallet:card", card_id)


def _mine(request: PageRequest, held: Held) -> dict[str, Any]:
    return {
        "merchant_id": held.card.merchant_id,
        "card_id": held.card.id,
        "reason": FreezeReason.HOLDER,
        "actor": request.actor,
        "now": now(),
    }


def _page(request: PageRequest, held: Held, shown: str = "") -> HttpResponse:
    card = held.card
    with scope.merchant(card.merchant_id), reading():
        kin = kin_of(card)
        history = history_of_holder(card, kin)
        gift = Gift.objects.filter(merchant_id=card.merchant_id, card_id=card.id).first()
    successor = kin.successor if kin.successor and kin.successor.holder_id == request.user.pk else None
    context = {
        "place": "cards",
        "held": held,
        "card": card,
        "history": history,
        "acts": _acts(held, has_others=held.can_move and bool(others_of(request.user.pk, card))),
        "gift_href": gift_link(gift.id, gift.token_version) if gift and held.has_code else "",
        "successor": successor,
        "code": display(shown) if shown else "",
        "qr": qr_of(shown) if shown else "",
        "trouble": _trouble(held),
    }
    return render(request, "wallet/card.html", context)


def _acts(held: Held, *, has_others: bool) -> list[Act]:
    wanted = [
        (_("Top up"), "plus", "top_up", held.can_be_loaded),
        (_("Move value"), "arrow", "move", held.can_move),
        (_("Split"), "share", "split", held.can_move),
        (_("Merge"), "cards", "merge", held.can_move and has_others),
    ]
    return [
        Act(word, symbol, reverse(f"wallet:{name}", args=[held.card.public_id]))
        for word, symbol, name, is_open in wanted
        if is_open
    ]


def _trouble(held: Held) -> str:
    """What its holder should know before anything else; empty where all is well."""
    if held.state == "frozen":
        if held.is_frozen_by_holder_only:
            return _("You froze this card: nobody can spend it. Its value is safe.")
        return _("The shop has frozen this card for now. Its value is safe; ask the shop.")
    if held.has_gone_on:
        return _("This card has ended; what was on it went on to other cards.")
    said = {
        "closed": _("This card has ended and cannot be spent."),
        "expired": _("This card was valid until the day below. Ask the shop."),
        "pending": _("This card is not ready yet. Come back in a moment."),
        "expiring_soon": _("Spend it soon: the day below is close."),
    }
    return said.get(held.state, "")
