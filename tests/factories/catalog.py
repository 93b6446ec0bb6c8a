"""Shops with programs and products, made by the verbs that make them in life."""

from itertools import count

from giftwell.domain.catalog import terms
from giftwell.domain.catalog.create_product import create_product
from giftwell.domain.catalog.create_program import create_program
from giftwell.domain.catalog.models import Design, Product, Program
from giftwell.domain.catalog.publish_product import publish_product
from giftwell.domain.catalog.rules import ProductDetails
from giftwell.domain.catalog.set_up_shop import set_up_shop
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.identity import TESTS, make_merchant

_numbers = count(1)


def make_shop(*, name: str = "", currency: str = "EUR") -> Merchant:
    """A live merchant with brand, designs, an escrow and a promo program; its twin has none."""
    merchant = make_merchant(name=name, currency=currency)
    set_up_shop(merchant=merchant, actor=TESTS, now=now())
    return merchant


def escrow_of(merchant: Merchant) -> Program:
    """The program a shop sells from."""
    return _program(merchant, terms.ESCROW_PROGRAM)


def promo_of(merchant: Merchant) -> Program:
    """The program a shop gives away from."""
    return _program(merchant, terms.PROMO_PROGRAM)


def design_of(merchant: Merchant) -> Design:
    """The first face of a shop's cards."""
    with scope.merchant(merchant.id), reading():
        return Design.objects.filter(merchant=merchant).earliest("position", "id")


def make_program(merchant: Merchant, *, funding: str = "escrow", **rules: object) -> Program:
    """A further program of the merchant; any rule can be given."""
    wanted: dict[str, object] = {
        "name": f"Program {next(_numbers)}",
        "currency": merchant.currency,
        "min_value_minor": 1,
        "max_value_minor": 100_000,
        "commission_bps": 500 if funding == "escrow" else 0,
        **rules,
    }
    return create_program(merchant=merchant, funding=funding, actor=TESTS, now=now(), **wanted)  # type: ignore[arg-type]


def make_product(
    merchant: Merchant,
    *,
    program: Program | None = None,
    values: tuple[tuple[int, int], ...] = ((2500, 2500), (5000, 4800)),
    bounds: tuple[int, int] | None = (1000, 25_000),
    name: str = "A gift card",
    published: bool = True,
) -> Product:
    """A product on the shelf: some listed (value, price) pairs and, with bounds, any other value."""
    lowest, highest = bounds or (None, None)
    details = ProductDetails(
        name=name,
        kind=Product.RANGE if bounds else Product.FIXED,
        values=values,
        min_value_minor=lowest,
        max_value_minor=highest,
    )
    product = create_product(
        merchant=merchant, program=program or escrow_of(merchant), details=details, actor=TESTS, now=now()
    )
    if published:
        return publish_product(merchant=merchant, product_id=product.id, actor=TESTS, now=now())
    return product


def _program(merchant: Merchant, name: str) -> Program:
    with scope.merchant(merchant.id), reading():
        return Program.objects.get(merchant=merchant, name=name)
