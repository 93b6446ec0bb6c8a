"""Shops with something on the shelf, and orders at each point of their way."""

from dataclasses import dataclass
from itertools import count
from uuid import UUID

from giftwell.domain.catalog.create_product import create_product
from giftwell.domain.catalog.models import Product
from giftwell.domain.catalog.publish_product import publish_product
from giftwell.domain.catalog.rules import ProductDetails
from giftwell.domain.catalog.set_up_shop import set_up_shop
from giftwell.domain.orders.fulfil_order import fulfil_order
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.orders.place_order import Buyer, PlacedOrder, place_order
from giftwell.domain.orders.wishes import Wish
from giftwell.domain.payments.models import Payment
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.factories.identity import make_merchant
from tests.factories.payments import hear, payment_of

TESTS = Actor.command("tests")
BUYER = Buyer(email="tomas@example.com", name="Tomas")

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant, and the one product it sells."""

    merchant: Merchant
    product: Product

    @property
    def id(self) -> UUID:
        """The merchant's id."""
        return self.merchant.id

    def wish(self, value_minor: int = 5000, **words: str) -> Wish:
        """A wish for the shop's product."""
        currency = self.product.program.currency
        return Wish(product_id=self.product.id, value=Money(value_minor, currency), **words)  # type: ignore[arg-type]


def make_shop(
    *, currency: str = "EUR", values: tuple[tuple[int, int], ...] = ((5000, 4500),), published: bool = True
) -> Shop:
    """A shop that sells any value between 5 and 500, the listed ones at their own price."""
    merchant = make_merchant(currency=currency)
    at = now()
    program = set_up_shop(merchant=merchant, actor=TESTS, now=at)
    details = ProductDetails(
        name=f"Gift card {next(_numbers)}",
        kind="range",
        values=values,
        min_value_minor=program.min_value_minor,
        max_value_minor=program.max_value_minor,
    )
    product = create_product(merchant=merchant, program=program, details=details, actor=TESTS, now=at)
    if published:
        publish_product(merchant=merchant, product_id=product.id, actor=TESTS, now=at)
    with scope.merchant(merchant.id), reading():
        return Shop(merchant, Product.objects.select_related("program").get(pk=product.pk))


def make_order(shop: Shop, *wishes: Wish, key: str = "") -> PlacedOrder:
    """An order that waits for its payment: of one card of 50.00 for Maja, unless others are wished for."""
    wanted = wishes or (shop.wish(recipient_name="Maja", recipient_email="maja@example.com"),)
    return place_order(merchant_id=shop.id, wishes=wanted, buyer=BUYER, key=key, actor=TESTS, now=now())


def make_paid_order(shop: Shop, *wishes: Wish) -> tuple[Order, Payment]:
    """An order whose payment settled, and that nobody fulfilled yet."""
    placed = make_order(shop, *wishes)
    payment = payment_of(shop.id, placed.order.id)
    assert hear(payment) == "settled"
    return placed.order, payment


def make_fulfilled_order(shop: Shop, *wishes: Wish) -> Order:
    """An order whose cards can be spent."""
    order, _ = make_paid_order(shop, *wishes)
    return fulfil_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now())


def lines_of(order: Order) -> list[OrderLine]:
    """The order's lines with their cards, as they stand now."""
    with scope.merchant(order.merchant_id), reading():
        return list(OrderLine.objects.filter(order_id=order.id).select_related("card").order_by("position"))


def fresh_order(order: Order) -> Order:
    """The order as it stands now."""
    with scope.merchant(order.merchant_id), reading():
        return Order.objects.get(pk=order.pk)
