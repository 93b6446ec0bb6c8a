"""What a shop sells, as its pages show it: products with their values, prices and face."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from giftwell.domain.catalog.models import Product
from giftwell.domain.catalog.pricing import Offer, price_of
from giftwell.domain.catalog.queries import offer_of, shelf
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.storefront.window import Face, Shop
from giftwell.kit.errors import NotFound
from giftwell.kit.money import MAX_MINOR


class ProductNotFound(NotFound):
    """The shop sells nothing at this address."""

    code = "product_not_found"
    detail = "This gift card is not on sale. Others of the shop may be."


@dataclass(frozen=True, slots=True)
class Choice:
    """A listed value, and what the buyer pays for it."""

    value_minor: int
    value_text: str
    pays_text: str

    @property
    def key(self) -> str:
        """As the form sends it."""
        return str(self.value_minor)


@dataclass(frozen=True, slots=True)
class Item:
    """A product as a page shows it."""

    row: Product
    offer: Offer
    pattern: str
    theme: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.row.name

    @property
    def slug(self) -> str:
        """Its last part of the address."""
        return self.row.slug

    @property
    def description(self) -> str:
        """What the shop says about it."""
        return self.row.description

    @property
    def currency(self) -> str:
        """What it is priced in."""
        return self.offer.currency

    @property
    def fee_minor(self) -> int:
        """What comes on top of every price."""
        return self.offer.fee_minor

    @property
    def is_range(self) -> bool:
        """Whether any value between bounds can be bought."""
        return self.row.kind == Product.RANGE

    @property
    def choices(self) -> list[Choice]:
        """The listed values, lowest first as the shop ordered them."""
        return [
            Choice(value, self._text(value), self._text(price_of(self.offer, value).total_minor, whole=False))
            for value, _price in self.offer.values
        ]

    @property
    def lowest(self) -> int:
        """The smallest value on sale."""
        listed = [value for value, _price in self.offer.values]
        return min([*listed, self.offer.min_value_minor or MAX_MINOR])

    @property
    def highest(self) -> int:
        """The largest value on sale."""
        listed = [value for value, _price in self.offer.values]
        return max([*listed, self.offer.max_value_minor or 0])

    @property
    def card_text(self) -> str:
        """What stands on the card in a list: its value, where there is only one."""
        return self._text(self.lowest) if self.lowest == self.highest else ""

    @property
    def span_text(self) -> str:
        """The values in a few words."""
        if self.lowest == self.highest:
            return self._text(self.lowest)
        return _("%(low)s to %(high)s") % {"low": self._text(self.lowest), "high": self._text(self.highest)}

    @property
    def bounds_text(self) -> str:
        """Between what a free amount must lie."""
        low, high = self.offer.min_value_minor or 0, self.offer.max_value_minor or 0
        return _("from %(low)s to %(high)s") % {"low": self._text(low), "high": self._text(high)}

    @property
    def validity_text(self) -> str:
        """How long a card lasts."""
        days = self.row.program.validity_days
        if days is None:
            return _("Spend it in one visit or in many. It does not expire.")
        if days >= 365:
            years = days // 365
            return ngettext(
                "Spend it in one visit or in many; valid for %(years)s year.",
                "Spend it in one visit or in many; valid for %(years)s years.",
                years,
            ) % {"years": years}
        return ngettext(
            "Spend it in one visit or in many; valid for %(days)s day.",
            "Spend it in one visit or in many; valid for %(days)s days.",
            days,
        ) % {"days": days}

    def _text(self, minor: int, *, whole: bool = True) -> str:
        return money_text(minor, self.currency, whole=whole)


def shelf_of(shop: Shop) -> list[Item]:
    """What a shop sells, in its order."""
    with reading():
        rows = list(shelf(Merchant(id=shop.id)))
        return [_item(row, shop, position) for position, row in enumerate(rows)]


def places_of(shop: Shop) -> list[str]:
    """The names of the places where a shop's cards are spent, as far as the public may see them."""
    with reading():
        found = Location.objects.filter(merchant=shop.id, is_active=True).order_by("name")
        return list(found.values_list("name", flat=True))


def find_item(shop: Shop, slug: str) -> Item:
    """The product at this address of the shop; raises `ProductNotFound`."""
    with reading():
        row = shelf(Merchant(id=shop.id)).filter(slug=slug).first()
        if row is None:
            raise ProductNotFound
        return _item(row, shop, row.position)


def _item(row: Product, shop: Shop, position: int) -> Item:
    face = shop.face(position) or Face("", row.id, "", "guilloche", shop.theme)
    return Item(row=row, offer=offer_of(row), pattern=face.pattern, theme=face.theme)


def addresses() -> list[str]:
    """The paths of all shops with something on sale and of what they sell, as many as a sitemap may hold."""
    with reading():
        rows = (
            Product.objects.published()
            .filter(merchant__live_merchant=None)
            .order_by("merchant__slug", "position")
        )
        found = list(rows.values_list("merchant__slug", "slug")[:40_000])
    shops = sorted({shop for shop, _product in found})
    return [reverse("storefront:shop", args=[shop]) for shop in shops] + [
        reverse("storefront:product", args=pair) for pair in found
    ]
