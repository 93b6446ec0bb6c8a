"""What can be done to a card: freeze, unfreeze, close, look at its code. Closing asks first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.cards.queries import find_card
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.cards.unfreeze_card import unfreeze_card
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.cards import card_page
from giftwell.interfaces.console.errors import id_or_404
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from giftwell.kit.errors import DomainError
from giftwell.kit.money import Money


@merchant_page(Permission.CARDS_FREEZE)
@require_POST
def freeze(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Stop the card, for the shop's reason."""
    Strict(request.POST).is_valid()
    identity = id_or_404(Card.PREFIX, card_id)
    found = freeze_card(
        merchant_id=request.merchant.id,
        card_id=identity,
        reason=FreezeReason.MERCHANT,
        actor=request.actor,
        now=now(),
    )
    messages.success(request, _("Card %(last4)s is frozen.") % {"last4": found.last4})
    return redirect("console:card", slug, card_id)


@merchant_page(Permission.CARDS_FREEZE)
@require_POST
def unfreeze(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Take the shop's reason back; others may still hold."""
    Strict(request.POST).is_valid()
    identity = id_or_404(Card.PREFIX, card_id)
    found = unfreeze_card(
        merchant_id=request.merchant.id,
        card_id=identity,
        reason=FreezeReason.MERCHANT,
        actor=request.actor,
        now=now(),
    )
    if found.status == "active":
        messages.success(request, _("Card %(last4)s can be spent again.") % {"last4": found.last4})
    else:
        messages.warning(
            request, _("Card %(last4)s is still frozen by somebody else.") % {"last4": found.last4}
        )
    return redirect("console:card", slug, card_id)


@merchant_page(Permission.CARDS_CLOSE)
def close(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Ask, naming the card, and close it for good."""
    identity = id_or_404(Card.PREFIX, card_id)
    if request.method == "POST":
        Strict(request.POST).is_valid()
        try:
            close_card(merchant_id=request.merchant.id, card_id=identity, actor=request.actor, now=now())
        except DomainError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, _("The card is closed."))
        return redirect("console:card", slug, card_id)
    with reading():
        found = find_card(request.merchant.id, identity)
    balance = Money(found.balance_minor, found.currency)  # type: ignore[attr-defined]  # annotated
    return show(request, "console/cards/close.html", "cards", card=found, balance=balance)


@merchant_page(Permission.CARDS_REVEAL)
@require_POST
def code(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Show the code once, in the answer to this form; it is written down who looked."""
    Strict(request.POST).is_valid()
    identity = id_or_404(Card.PREFIX, card_id)
    try:
        shown = reveal_code(merchant_id=request.merchant.id, card_id=identity, actor=request.actor, now=now())
    except DomainError as error:
        messages.error(request, error.detail)
        return redirect("console:card", slug, card_id)
    response = card_page(request, identity, code=display(shown))
    response["Cache-Control"] = "no-store"
    return response
