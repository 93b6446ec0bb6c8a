"""What is left on a card, for whoever has its code. Limited, and silent about codes of other shops."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.queries import balance_of, find_card, find_card_by_code, shown_state
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.error_pages import too_many_requests
from giftwell.interfaces.common.limiting import address_of, per_minute, within
from giftwell.interfaces.common.pages import PageRequest, public_page
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.storefront.forms import BalanceForm
from giftwell.interfaces.storefront.window import Shop, find_shop
from giftwell.kit.clock import now
from giftwell.kit.money import Money

AN_ADDRESS = per_minute(20)
A_SHOP = per_minute(300)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a card's page of balance shows."""

    balance_text: str
    held_text: str
    status: str
    expires_at: datetime | None
    last4: str
    pattern: str
    theme: str
    is_frozen: bool


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def balance(request: PageRequest, shop_slug: str) -> HttpResponse:
    """Ask by POST: no code stands in an address. Unknown, foreign and mistyped codes get one answer."""
    shop = find_shop(shop_slug)
    form = BalanceForm()
    answer = None
    if request.method == "POST":
        # Both are counted before the code is looked at, so that the limit says nothing about the code either.
        named = within(AN_ADDRESS, "balance", address_of(request))
        if not (within(A_SHOP, "balance", str(shop.id)) and named):
            return too_many_requests(request)
        form = BalanceForm(request.POST)
        if form.is_valid():
            answer = _answer(shop, form.cleaned_data["code"])
            if answer is None:
                form.add_error(
                    "code",
                    _("No card of %(shop)s has this code. Look at each sign again.") % {"shop": shop.name},
                )
    context = {"place": "balance", "shop": shop, "form": form, "answer": answer}
    response = render(request, "storefront/balance.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _answer(shop: Shop, code: str) -> Answer | None:
    with scope.merchant(shop.id), reading():
        try:
            found = find_card_by_code(shop.id, code)
        except CardNotFound:
            return None
        card = find_card(shop.id, found.id)
    balance = balance_of(card)
    held = Money(card.held_minor, card.currency)  # type: ignore[attr-defined]  # annotated by find_card
    return Answer(
        balance_text=money_text(balance - held),
        held_text=money_text(held) if held.amount_minor else "",
        status=shown_state(card, balance.amount_minor, now()),
        expires_at=card.expires_at,
        last4=card.last4,
        pattern=card.design.pattern if card.design else shop.pattern,
        theme=card.design.theme if card.design else shop.theme,
        is_frozen=card.status == "frozen",
    )
