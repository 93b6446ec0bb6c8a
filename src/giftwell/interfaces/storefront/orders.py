"""From a wish to a payment page, and the page of an order: what happened to it, told as it happens.

The order's address is its secret: whoever holds it sees the order, and nothing else is asked. Its forms carry
no token against forgery for the same reason, and because a page that sends no referrer could not prove its
origin anyway.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from giftwell.domain.catalog.models import Product
from giftwell.domain.delivery.models import Gift
from giftwell.domain.orders.links import find_order
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.orders.pay_order import pay_order
from giftwell.domain.orders.place_order import Buyer, place_order
from giftwell.domain.orders.queries import LineView, view_order
from giftwell.domain.orders.wishes import Wish
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.pages import PageRequest, bearer_page
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.common.themes import HOUSE
from giftwell.interfaces.storefront.forms import Chosen
from giftwell.interfaces.storefront.masking import masked
from giftwell.interfaces.storefront.order_words import state_of
from giftwell.interfaces.storefront.strangers import refuse_a_stranger
from giftwell.interfaces.storefront.window import Shop, shop_of
from giftwell.kit.clock import now
from giftwell.kit.errors import Refused
from giftwell.kit.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """One gift card of the order, as its buyer sees it."""

    pattern: str
    theme: str
    heading: str
    for_text: str
    message: str
    value_text: str
    price: Money
    way_text: str
    gift_url: str
    is_refunded: bool
    card_url: str = ""


def order_from(request: PageRequest, shop: Shop, product: Product, chosen: Chosen) -> HttpResponse:
    """Place the order and send the buyer to the payment page. Refusals of the verbs go up to the form.

    The same form sent twice, by an impatient finger or after the payment page did not answer, is one order.
    """
    wish = Wish(
        product_id=product.id,
        value=Money(chosen.value_minor, product.program.currency),
        design_id=chosen.design_id,
        recipient_name=chosen.recipient_name,
        recipient_email=chosen.recipient_email,
        sender_name=chosen.sender_name,
        message=chosen.message,
    )
    person = request.user.pk if request.user.is_authenticated else None
    refuse_a_stranger(person, wish.value)
    placed = place_order(
        merchant_id=shop.id,
        wishes=[wish],
        buyer=Buyer(email=chosen.buyer_email, name=chosen.sender_name, user_id=person),
        key=_key(chosen, wish),
        actor=request.actor,
        now=now(),
    )
    page = reverse("storefront:order", args=[placed.token])
    return HttpResponseRedirect(placed.checkout_url or page)


def _key(chosen: Chosen, wish: Wish) -> str:
    """The page's own random name with everything that was written, so that a change is another order."""
    return "page:" + sha256(repr((chosen.page, chosen.buyer_email, wish)).encode()).hexdigest()


@require_safe
@bearer_page
def order(request: PageRequest, token: str) -> HttpResponse:
    """The page of an order."""
    return render(request, "storefront/order.html", _context(token))


@require_safe
@bearer_page
def state(request: PageRequest, token: str) -> HttpResponse:
    """The part of it that changes, for the page to look again."""
    return render(request, "storefront/_order.html", _context(token))


@csrf_exempt
@require_POST
@bearer_page
def pay(request: PageRequest, token: str) -> HttpResponse:
    """Go to the payment page again, after a refused or forgotten payment.

    An order that was paid or ended in the meantime has a page that says so.
    """
    found = find_order(token=token)
    try:
        url = pay_order(
            merchant_id=found.merchant_id, order_id=found.order_id, actor=request.actor, now=now()
        )
    except Refused:
        url = reverse("storefront:order", args=[token])
    return HttpResponseRedirect(url)


def _context(token: str) -> dict[str, Any]:
    found = find_order(token=token)
    with scope.merchant(found.merchant_id), reading():
        view = view_order(found.merchant_id, found.order_id)
        shop = shop_of(view.order.merchant)
    return {
        "shop": shop,
        "order": view.order,
        "total": view.order.total,
        "buyer_email": masked(view.order.buyer_email),
        "state": state_of(view),
        "lines": [_line(one, view.order) for one in view.lines],
        "live_url": reverse("storefront:order_state", args=[token]),
        "retry_url": reverse("storefront:order_pay", args=[token]),
    }


def _line(view: LineView, order: Order) -> Line:
    return _loaded(view, order) if view.line.is_load else _given(view)


def _loaded(view: LineView, order: Order) -> Line:
    """A card that was there before, and is paid onto. Its balance is its holder's to know, elsewhere."""
    row = view.line
    is_own = order.buyer_id is not None and order.buyer_id == view.card.holder_id
    said = {
        Order.Status.FULFILLED: _("Added to the card."),
        Order.Status.RETURNED: _("Nothing was added to the card."),
        Order.Status.EXPIRED: _("Nothing was added to the card."),
    }
    return Line(
        pattern=row.design.pattern if row.design else "guilloche",
        theme=row.design.theme if row.design else HOUSE,
        heading=_("Top-up of card %(last4)s") % {"last4": view.card.last4},
        for_text="",
        message="",
        value_text=money_text(row.value, whole=True),
        price=row.total,
        way_text=said.get(Order.Status(order.status), _("Added to the card as soon as it is paid.")),
        gift_url="",
        is_refunded=row.refunded_minor > 0,
        card_url=reverse("wallet:card", args=[view.card.public_id]) if is_own else "",
    )


def _given(view: LineView) -> Line:
    row, gift = view.line, view.gift
    named = _("For %(name)s") % {"name": row.recipient_name} if row.recipient_name else ""
    return Line(
        pattern=row.design.pattern if row.design else "guilloche",
        theme=row.design.theme if row.design else HOUSE,
        heading=named or _("A gift card"),
        for_text=named,
        message=row.message,
        value_text=money_text(row.value, whole=True),
        price=row.total,
        way_text=_way(row, gift),
        # A mailed gift's link belongs to its recipient; only who hands it over gets to see it.
        gift_url="" if row.recipient_email else view.gift_link,
        is_refunded=row.refunded_minor > 0,
    )


def _way(row: OrderLine, gift: Gift | None) -> str:
    if not row.recipient_email:
        return (
            _("Here is its link, to give as you like.")
            if gift
            else _("Its link will stand here once it is paid.")
        )
    address = masked(row.recipient_email)
    if gift is None:
        return _("Goes to %(address)s as soon as it is paid.") % {"address": address}
    if gift.is_opened:
        return _("Unwrapped by %(name)s.") % {"name": row.recipient_name or address}
    return _("On its way to %(address)s.") % {"address": address}
