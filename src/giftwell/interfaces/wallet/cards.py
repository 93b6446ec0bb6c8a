"""The cards a person keeps, and how a gift gets among them.

Cards are found in the person's own scope. What a card holds is in its merchant's books, so balances are read
in each merchant's scope, after the cards have been found to be this person's.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from giftwell.domain.cards.keep_card import keep_card
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import balance_of, shown_state, with_balance
from giftwell.domain.delivery.links import find_gift
from giftwell.domain.delivery.models import Gift
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, person_page
from giftwell.interfaces.common.paging import page_of
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.common.themes import HOUSE, themes_url
from giftwell.interfaces.wallet.held import GONE_ON
from giftwell.kit.clock import now
from giftwell.kit.money import Money

PAGE = 24


@dataclass(frozen=True, slots=True)
class Kept:
    """One card as the wallet shows it, and its page."""

    pattern: str
    theme: str
    brand: str
    value_text: str
    last4: str
    state: str
    is_frozen: bool
    expires_at: datetime | None
    href: str


class KeepForm(Strict):
    """The secret of the gift, in the body: an address would carry it into logs."""

    gift = forms.CharField(max_length=80)


@require_safe
@person_page
def cards(request: PageRequest) -> HttpResponse:
    """The cards this person keeps, newest first."""
    with reading():
        # What ended because its value went to other cards of this person is told on their pages.
        kept = Card.objects.filter(holder_id=request.user.pk).exclude(close_reason__in=GONE_ON)
        mine = kept.select_related("design", "merchant")
        page = page_of(mine, cursor=request.GET.get("cursor"), limit=PAGE, at="issued_at")
    context = {
        "place": "cards",
        "cards": _kept(request.user.pk, page.rows),
        "themes": themes_url(card.merchant.slug for card in page.rows),
        "older": f"?cursor={page.next_cursor}" if page.next_cursor else "",
        "newest": "?" if request.GET.get("cursor") else "",
    }
    return render(request, "wallet/cards.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def keep(request: PageRequest) -> HttpResponse:
    """Put the gift whose secret is shown into this person's wallet.

    Its form stands on the gift page, which sends no referrer and so could not prove its origin; the session's
    cookie does not travel with other sites' forms. A forged one could only give somebody a card.
    """
    form = KeepForm(request.POST)
    if request.method == "POST" and form.is_valid():
        found = find_gift(token=form.cleaned_data["gift"])
        with scope.merchant(found.merchant_id), reading():
            gift = Gift.objects.get(pk=found.gift_id, merchant_id=found.merchant_id)
        keep_card(
            merchant_id=found.merchant_id,
            card_id=gift.card_id,
            holder_id=request.user.pk,
            actor=request.actor,
            now=now(),
        )
        messages.success(request, _("The card is in your wallet."))
    return redirect("wallet:cards")


def _kept(person_id: UUID, rows: Iterable[Card]) -> list[Kept]:
    by_merchant: dict[UUID, list[Card]] = defaultdict(list)
    for card in rows:
        by_merchant[card.merchant_id].append(card)
    balances: dict[UUID, Money] = {}
    for merchant_id, cards_there in by_merchant.items():
        ids = [card.id for card in cards_there]
        with scope.merchant(merchant_id), reading():
            own = Card.objects.filter(merchant_id=merchant_id, holder_id=person_id, id__in=ids)
            balances |= {card.id: balance_of(card) for card in with_balance(own)}
    at = now()
    return [
        Kept(
            pattern=card.design.pattern if card.design else "guilloche",
            theme=card.design.theme if card.design else HOUSE,
            brand=card.merchant.name,
            value_text=money_text(balances[card.id]),
            last4=card.last4,
            state=(state := shown_state(card, balances[card.id].amount_minor, at)),
            is_frozen=state == "frozen",
            expires_at=card.expires_at,
            href=reverse("wallet:card", args=[card.public_id]),
        )
        for card in rows
    ]
