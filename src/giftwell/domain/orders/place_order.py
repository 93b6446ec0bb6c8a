"""Ask for cards: the server decides what they cost."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from giftwell.domain.orders.events import OrderPlaced
from giftwell.domain.orders.lines import NotForSale, add_line, load_offers, price_wish
from giftwell.domain.orders.models import Order
from giftwell.domain.orders.opening import Buyer, PlacedOrder, open_order, placed_once, with_payment_page
from giftwell.domain.orders.wishes import Wish, check_order
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.actor import Actor
from giftwell.kit.money import Money

__all__ = ["Buyer", "PlacedOrder", "place_order"]

OPERATION = "order"


def place_order(
    *, merchant_id: UUID, wishes: Sequence[Wish], buyer: Buyer, key: str = "", actor: Actor, now: datetime
) -> PlacedOrder:
    """Place an order of one merchant and open its payment page.

    Cards are made pending, without value and without a code. With a `key` the same request places one order,
    however often it is sent. Raises OrderIsInvalid, NotForSale, ValueIsNotOffered, CurrencyMismatch,
    KeyConflict (another request had the key), and GatewayUnavailable when there is no payment page now: the
    order stands, `pay_order` tries again.
    """
    check_order(wishes, buyer_email=buyer.email, buyer_name=buyer.name)
    fields = {"lines": [asdict(wish) for wish in wishes], "buyer": asdict(buyer)}
    with scope.merchant(merchant_id):
        order, is_replay = placed_once(
            merchant_id,
            lambda: _create(merchant_id, wishes, buyer, actor, now),
            operation=OPERATION,
            key=key,
            fields=fields,
            now=now,
        )
        return with_payment_page(order, is_replay=is_replay, actor=actor, now=now)


def _create(merchant_id: UUID, wishes: Sequence[Wish], buyer: Buyer, actor: Actor, now: datetime) -> Order:
    merchant = Merchant.objects.filter(pk=merchant_id).first()
    if merchant is None or not merchant.is_active:
        raise NotForSale
    products = load_offers(merchant_id, wishes)
    prices = [price_wish(products[wish.product_id], wish) for wish in wishes]
    currency = wishes[0].value.currency
    total = Money(sum(price.total_minor for price in prices), currency)
    order = open_order(merchant, buyer, total, now)
    for position, (wish, price) in enumerate(zip(wishes, prices, strict=True)):
        add_line(order, position, products[wish.product_id], wish, price, actor=actor, now=now)
    event = OrderPlaced(
        merchant_id=merchant_id,
        subject=order.public_id,
        total_minor=order.total_minor,
        currency=currency,
        cards=len(wishes),
    )
    record(event, actor=actor, at=now)
    return order
