"""The gift page: wrapped, then opened by a request of its own.

A mail program, a scanner or a link preview only ever looks, and looking shows a parcel: no code, no balance,
and nothing is changed. Opening is a POST, which notes that the gift was unwrapped and answers with the code.
Its form carries no token against forgery: the address is the secret, and a page that sends no referrer could
not prove its origin anyway.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import balance_of, find_card, shown_state
from giftwell.domain.delivery.links import FoundGift, find_gift
from giftwell.domain.delivery.models import Gift
from giftwell.domain.delivery.open_gift import open_gift
from giftwell.domain.delivery.reveal_gift import reveal_gift
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.pages import PageRequest, bearer_page
from giftwell.interfaces.common.squares import qr_of
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.common.themes import HOUSE
from giftwell.interfaces.storefront.window import Shop, shop_of
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from giftwell.kit.errors import Refused


@dataclass(frozen=True, slots=True)
class Present:
    """A gift as its page shows it. What is only for whoever opened it is empty before."""

    pattern: str
    theme: str
    greeting: str
    headline: str
    sender_name: str
    message: str
    for_text: str
    value_text: str
    last4: str
    expires_at: datetime | None
    is_frozen: bool
    trouble: str


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@bearer_page
def gift(request: PageRequest, token: str) -> HttpResponse:
    """The parcel; by POST, what is in it. Looking again shows the parcel again: a code is asked for."""
    found = find_gift(token=token)
    code = _open(request, found) if request.method == "POST" else ""
    shop, row, card = _read(found)
    opened = request.method == "POST"
    present = _present(shop, row, card, opened=opened)
    context: dict[str, Any] = {
        "shop": shop,
        "gift": present,
        "opened": opened,
        "was_opened": row.is_opened,
        "title": present.headline if opened else present.greeting,
        "code": display(code) if code else "",
        "qr": qr_of(code) if code else "",
    }
    return render(request, "storefront/gift.html", context)


def _open(request: PageRequest, found: FoundGift) -> str:
    """Note that it was unwrapped, and the code; empty where the card cannot be spent: the page says why."""
    at = now()
    open_gift(merchant_id=found.merchant_id, gift_id=found.gift_id, actor=request.actor, now=at)
    try:
        return reveal_gift(merchant_id=found.merchant_id, gift_id=found.gift_id, actor=request.actor, now=at)
    except Refused:
        return ""


def _read(found: FoundGift) -> tuple[Shop, Gift, Card]:
    with scope.merchant(found.merchant_id), reading():
        row = Gift.objects.select_related("merchant").get(pk=found.gift_id, merchant_id=found.merchant_id)
        return shop_of(row.merchant), row, find_card(found.merchant_id, row.card_id)


def _present(shop: Shop, row: Gift, card: Card, *, opened: bool) -> Present:
    balance = balance_of(card)
    state = shown_state(card, balance.amount_minor, now())
    value = money_text(balance, whole=True)
    name = row.recipient_name
    return Present(
        pattern=card.design.pattern if card.design else "guilloche",
        theme=card.design.theme if card.design else HOUSE,
        greeting=_("%(name)s, this is for you") % {"name": name} if name else _("This is for you"),
        headline=_headline(shop, state, value),
        sender_name=row.sender_name,
        message=row.message if opened else "",
        for_text=_("For %(name)s") % {"name": name} if name else "",
        value_text=value if opened else "",
        last4=card.last4 if opened else "",
        expires_at=card.expires_at,
        is_frozen=state == "frozen",
        trouble=_trouble(state),
    )


def _headline(shop: Shop, state: str, value: str) -> str:
    if state in {"closed", "expired"}:
        return _("A gift card for %(shop)s") % {"shop": shop.name}
    if state == "depleted":
        return _("All of it was spent at %(shop)s") % {"shop": shop.name}
    return _("%(value)s to spend at %(shop)s") % {"value": value, "shop": shop.name}


def _trouble(state: str) -> str:
    """Why there is no code to show, or what else its holder should know."""
    said = {
        "frozen": _("The shop has frozen this card for now. Its value is safe; ask the shop."),
        "closed": _(
            "This card has ended and cannot be spent: it was refunded or replaced. Ask who gave it to you."
        ),
        "expired": _("This card was valid until the day below. Ask the shop."),
        "pending": _("This card is not ready yet. Come back in a moment."),
        "expiring_soon": _("Spend it soon: the day below is close."),
    }
    return said.get(state, "")
