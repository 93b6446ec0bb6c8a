"""One demo shop, without its trade: places, people, look and shelf. By verbs only."""

from datetime import datetime

from giftwell.domain.catalog import terms
from giftwell.domain.catalog.create_design import create_design
from giftwell.domain.catalog.create_product import create_product
from giftwell.domain.catalog.models import Brand, Design, Product, Program
from giftwell.domain.catalog.open_shop import open_shop
from giftwell.domain.catalog.publish_product import publish_product
from giftwell.domain.catalog.rules import ProductDetails
from giftwell.domain.catalog.set_brand import set_brand
from giftwell.foundation.identity.add_location import add_location
from giftwell.foundation.identity.add_member import add_member
from giftwell.foundation.identity.models import Membership, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.demo_shops import Shelf, Shop
from giftwell.interfaces.ops.demo_story import ACTOR


def build_shop(
    shop: Shop, merchant: Merchant | None, *, owner: User, cashier: User, opened: datetime
) -> Merchant:
    """Make the shop, or what is missing where an earlier building stopped halfway."""
    if merchant is None:
        merchant = open_shop(
            name=shop.name,
            owner=owner,
            country=shop.country,
            currency=shop.currency,
            time_zone=shop.time_zone,
            slug=shop.slug,
            location_name=shop.locations[0],
            actor=ACTOR,
            now=opened,
        )
    with scope.platform(), reading():
        twin = Merchant.objects.get(live_merchant=merchant)
    for tenant in (merchant, twin):
        _people_and_places(tenant, shop, cashier, opened)
        _look(tenant, shop, opened)
        for position, shelf in enumerate(shop.shelf):
            _product(tenant, shelf, position, opened)
    return merchant


def _people_and_places(merchant: Merchant, shop: Shop, cashier: User, opened: datetime) -> None:
    with scope.merchant(merchant.id), reading():
        places = set(Location.objects.filter(merchant=merchant).values_list("name", flat=True))
        has_cashier = Membership.objects.filter(merchant=merchant, user=cashier).exists()
    for name in shop.locations:
        if name not in places:
            add_location(merchant=merchant, name=name, actor=ACTOR, now=opened)
    if not has_cashier:
        add_member(merchant=merchant, user=cashier, role="cashier", actor=ACTOR, now=opened)


def _look(merchant: Merchant, shop: Shop, opened: datetime) -> None:
    with scope.merchant(merchant.id), reading():
        brand = Brand.objects.defer("logo").get(merchant=merchant)
        drawn = set(Design.objects.filter(merchant=merchant).values_list("name", flat=True))
    if brand.ground == terms.HOUSE.ground:
        set_brand(merchant=merchant, colours=shop.colours, tagline=shop.tagline, actor=ACTOR, now=opened)
    for position, (name, pattern, colours) in enumerate(shop.designs):
        if name not in drawn:
            create_design(
                merchant=merchant,
                name=name,
                pattern=pattern,
                colours=colours,
                position=position,
                actor=ACTOR,
                now=opened,
            )


def _product(merchant: Merchant, shelf: Shelf, position: int, opened: datetime) -> None:
    with scope.merchant(merchant.id), reading():
        product = Product.objects.filter(merchant=merchant, slug=shelf.slug).first()
        program = Program.objects.get(merchant=merchant, name=terms.ESCROW_PROGRAM)
    if product is None:
        lowest, highest = shelf.bounds or (None, None)
        details = ProductDetails(
            name=shelf.name,
            description=shelf.description,
            kind=Product.RANGE if shelf.bounds else Product.FIXED,
            values=shelf.values,
            min_value_minor=lowest,
            max_value_minor=highest,
        )
        product = create_product(
            merchant=merchant,
            program=program,
            details=details,
            slug=shelf.slug,
            position=position,
            actor=ACTOR,
            now=opened,
        )
    publish_product(merchant=merchant, product_id=product.id, actor=ACTOR, now=opened)
