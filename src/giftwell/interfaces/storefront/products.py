"""A product's page: choose a design, a value and some words, and be sent to pay."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from giftwell.domain.catalog.pricing import price_of
from giftwell.interfaces.common.limiting import address_of, per_minute, within
from giftwell.interfaces.common.pages import PageRequest, public_page
from giftwell.interfaces.common.templatetags.words import reader_locale
from giftwell.interfaces.storefront import meta, window
from giftwell.interfaces.storefront.forms import ProductForm
from giftwell.interfaces.storefront.orders import order_from
from giftwell.interfaces.storefront.shelf import Item, find_item
from giftwell.interfaces.storefront.window import Shop
from giftwell.kit.errors import DomainError, Refused

# An order costs a stranger nothing and us a card, an account and a payment page.
ORDERS_OF_AN_ADDRESS = per_minute(30)


class TooManyOrders(Refused):
    """More orders from one address than people type."""

    code = "too_many_orders"
    detail = "Many orders came from here within a minute. Nothing was ordered; try again in a minute."


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def product(request: PageRequest, shop_slug: str, product_slug: str) -> HttpResponse:
    """The page, and the order it sends: everything typed comes back with what is wrong beside it."""
    shop = window.find_shop(shop_slug)
    item = find_item(shop, product_slug)
    form = ProductForm(request.POST if request.method == "POST" else None, item=item, faces=shop.faces)
    if request.method == "POST" and form.is_valid():
        if not within(ORDERS_OF_AN_ADDRESS, "order", address_of(request)):
            form.refuse(TooManyOrders())
            return render(request, "storefront/product.html", _context(shop, item, form), status=429)
        try:
            return order_from(request, shop, item.row, form.chosen())
        except DomainError as error:
            form.refuse(error)
    return render(request, "storefront/product.html", _context(shop, item, form))


def _context(shop: Shop, item: Item, form: ProductForm) -> dict[str, Any]:
    path = reverse("storefront:product", args=[shop.slug, item.slug])
    text = item.description or _("A gift card for %(name)s.") % {"name": shop.name}
    return {
        "place": "shop",
        "shop": shop,
        "product": item,
        "description": text,
        "designs": shop.faces,
        "form": form,
        "chosen": form.face,
        "chosen_value": form.value_text,
        "chosen_pays": form.pays_text,
        "locale": reader_locale().replace("_", "-"),
        "meta": meta.described(
            path=path,
            title=f"{item.name} \u2013 {shop.name}",
            text=text[:200],
            kind="product",
            image=shop.logo_url,
            data=_structured(shop, item, text, path),
        ),
    }


def _structured(shop: Shop, item: Item, text: str, path: str) -> dict[str, Any]:
    return {
        "@type": "Product",
        "name": item.name,
        "description": text,
        "brand": {"@type": "Brand", "name": shop.name},
        "offers": {
            "@type": "AggregateOffer",
            "lowPrice": meta.decimal_text(price_of(item.offer, item.lowest).total_minor, item.currency),
            "highPrice": meta.decimal_text(price_of(item.offer, item.highest).total_minor, item.currency),
            "priceCurrency": item.currency,
            "availability": "https://schema.org/InStock",
            "url": meta.absolute(path),
        },
    }
