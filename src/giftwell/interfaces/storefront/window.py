"""What stands in a shop's window: reads of merchants, brands, designs and products, in the public scope.

Rows become plain values here, so that a template never reaches for the database, and a page's queries are the
ones below.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.urls import reverse

from giftwell.domain.catalog.models import Brand, Design
from giftwell.domain.catalog.queries import shops, theme_class_of
from giftwell.domain.catalog.terms import HOUSE as HOUSE_COLOURS
from giftwell.domain.catalog.themes import theme_css
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.themes import theme_url
from giftwell.kit.errors import NotFound

PAGE = 24


class ShopNotFound(NotFound):
    """No open shop has this address."""

    code = "shop_not_found"
    detail = "There is no shop at this address, or it has closed. Cards that were bought from it are safe."


@dataclass(frozen=True, slots=True)
class Face:
    """A design as a page draws it."""

    public_id: str
    id: UUID
    name: str
    pattern: str
    theme: str


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant as its customers see it."""

    id: UUID
    slug: str
    name: str
    address: str
    tagline: str
    time_zone: str
    is_sandbox: bool
    logo_hash: str
    css: str
    theme: str
    faces: tuple[Face, ...]

    @property
    def theme_url(self) -> str:
        """Its stylesheet, by a name that changes with its content."""
        return theme_url(self.slug, self.version)

    @property
    def version(self) -> str:
        """A short name of the stylesheet's content."""
        return version_of(self.css)

    @property
    def logo_url(self) -> str:
        """Its logo, or nothing."""
        return (
            f"{reverse('storefront:logo', args=[self.slug])}?v={self.logo_hash[:12]}"
            if self.logo_hash
            else ""
        )

    @property
    def pattern(self) -> str:
        """The pattern that stands for the shop where it is one of many."""
        return self.faces[0].pattern if self.faces else "guilloche"

    @property
    def card_theme(self) -> str:
        """The colours that stand for the shop where it is one of many: those of its first design."""
        return self.faces[0].theme if self.faces else self.theme

    def face(self, position: int) -> Face | None:
        """A design for the thing at this place in a list, so that a shelf is not all of one kind."""
        return self.faces[position % len(self.faces)] if self.faces else None


def version_of(css: str) -> str:
    """A short name of a stylesheet's content."""
    return sha256(css.encode()).hexdigest()[:12]


def find_shop(slug: str) -> Shop:
    """The open shop of this address; raises `ShopNotFound`."""
    with reading():
        merchant = Merchant.objects.filter(slug=slug, status=Merchant.Status.ACTIVE).first()
        if merchant is None:
            raise ShopNotFound
        return shop_of(merchant)


def shop_of(merchant: Merchant) -> Shop:
    """A merchant as a shop. Call it inside `reading()`, in a scope that sees the merchant's brand."""
    return _shops([merchant])[0]


def list_shops(*, query: str = "", after: str = "") -> tuple[list[Shop], str]:
    """Shops with something on sale, by address, and the cursor of what follows; `query` begins a name."""
    with reading():
        found = shops()
        if query:
            found = found.filter(name__istartswith=query)
        if after:
            found = found.filter(slug__gt=after)
        rows = list(found.order_by("slug")[: PAGE + 1])
        return _shops(rows[:PAGE]), rows[PAGE - 1].slug if len(rows) > PAGE else ""


def themes_of(slugs: Sequence[str]) -> str:
    """The stylesheets of several shops in one text; who is not there is left out."""
    with reading():
        rows = Merchant.objects.filter(slug__in=slugs, status=Merchant.Status.ACTIVE).order_by("slug")
        return "".join(shop.css for shop in _shops(list(rows)))


def find_logo(slug: str) -> tuple[bytes, str]:
    """A shop's logo and its hash; raises `ShopNotFound` where there is none."""
    with reading():
        brand = Brand.objects.filter(merchant__slug=slug, merchant__status=Merchant.Status.ACTIVE).first()
    if brand is None or brand.logo is None:
        raise ShopNotFound
    return bytes(brand.logo), brand.logo_hash


def _shops(merchants: list[Merchant]) -> list[Shop]:
    """Three queries for any number of shops: a marketplace must not ask once for each."""
    ids = [merchant.id for merchant in merchants]
    brands = {brand.merchant_id: brand for brand in Brand.objects.filter(merchant__in=ids).defer("logo")}
    designs: dict[UUID, list[Design]] = {}
    for design in Design.objects.filter(merchant__in=ids):
        designs.setdefault(design.merchant_id, []).append(design)
    return [_shop(merchant, brands.get(merchant.id), designs.get(merchant.id, [])) for merchant in merchants]


def _shop(merchant: Merchant, brand: Brand | None, designs: list[Design]) -> Shop:
    name = theme_class_of(merchant)
    classes = [(name, brand or HOUSE_COLOURS), *((one.theme, one) for one in designs)]
    return Shop(
        id=merchant.id,
        slug=merchant.slug,
        name=merchant.name,
        address=merchant.address,
        tagline=brand.tagline if brand else "",
        time_zone=merchant.time_zone,
        is_sandbox=merchant.is_sandbox,
        logo_hash=brand.logo_hash if brand else "",
        theme=name,
        css=theme_css(classes),  # type: ignore[arg-type]  # anything with the four colours is a palette
        faces=tuple(Face(one.public_id, one.id, one.name, one.pattern, one.theme) for one in designs),
    )
