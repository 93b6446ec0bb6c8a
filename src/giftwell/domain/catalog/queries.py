"""Reads of the catalogue: the shelf of a shop, the facts of a price, and the css of a merchant's colours."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from giftwell.domain.catalog.colours import Palette
from giftwell.domain.catalog.models import Brand, Design, Product, Program
from giftwell.domain.catalog.pricing import Offer
from giftwell.domain.catalog.themes import theme_css
from giftwell.foundation.tenancy.models import Merchant


def shops() -> QuerySet[Merchant]:
    """Live merchants with something to sell, by name: the marketplace.

    A sandbox twin has a shop of its own, but no place here.
    """
    on_sale = Product.objects.published().filter(merchant=OuterRef("pk"))
    return Merchant.objects.filter(
        Exists(on_sale), status=Merchant.Status.ACTIVE, live_merchant__isnull=True
    ).order_by("name", "id")


def shelf(merchant: Merchant) -> QuerySet[Product]:
    """What the shop sells, in the merchant's order, with values and program."""
    return (
        Product.objects.published()
        .filter(merchant=merchant)
        .select_related("program")
        .prefetch_related("values")
        .order_by("position", "id")
    )


def products_of(merchant_id: UUID) -> QuerySet[Product]:
    """All products of a merchant, drafts included, newest first, with values and program."""
    products = Product.objects.filter(merchant_id=merchant_id).select_related("program")
    return products.prefetch_related("values").order_by("-created_at", "-id")


def programs_of(merchant_id: UUID) -> QuerySet[Program]:
    """The programs of a merchant, newest first."""
    return Program.objects.filter(merchant_id=merchant_id).order_by("-created_at", "-id")


def designs_of(merchant: Merchant) -> QuerySet[Design]:
    """The faces that the merchant's cards can wear, in the merchant's order."""
    return Design.objects.filter(merchant=merchant).order_by("position", "id")


def brand_of(merchant: Merchant) -> Brand | None:
    """The merchant's brand without its picture, which only the page that serves the picture needs."""
    return Brand.objects.filter(merchant=merchant).defer("logo").first()


def offer_of(product: Product) -> Offer:
    """What `price_of` needs to know about a product; read it with `values` and `program`."""
    return Offer(
        currency=product.program.currency,
        values=[(value.value_minor, value.price_minor) for value in product.values.all()],
        min_value_minor=product.min_value_minor,
        max_value_minor=product.max_value_minor,
        fee_minor=product.program.buyer_fee_minor,
    )


def theme_class_of(merchant: Merchant) -> str:
    """The css class of a merchant's brand."""
    return f"theme-m-{merchant.slug}"


def merchant_css(merchant: Merchant) -> str:
    """The merchant's stylesheet: `.theme-m-<slug>` for the brand and `.theme-d-<id>` for each design."""
    brand = brand_of(merchant)
    themes = [(theme_class_of(merchant), _palette(brand))] if brand else []
    themes += [(design.theme, _palette(design)) for design in designs_of(merchant)]
    return theme_css(themes)


def _palette(source: Brand | Design) -> Palette:
    return Palette(ground=source.ground, figure=source.figure, foil=source.foil, ink=source.ink)
