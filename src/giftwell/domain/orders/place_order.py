"""Ask for cards: the server decides what they cost."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from giftwell.domain.orders.events import OrderPlaced
from giftwell.domain.orders.lines import NotForSale, add_line, load_offers, price_wish
from giftwell.domain.orders.links import order_token, order_token_hash
from giftwell.domain.orders.models import Order
from giftwell.domain.orders.pay_order import OrderIsOver, pay_order
from giftwell.domain.orders.wishes import LIFETIME, Wish, check_order, check_total
from giftwell.domain.payments.start_payment import AlreadyPaid
from giftwell.foundation.events.record import record
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.ids import new_id, parse_id, public_id
from giftwell.kit.money import Money

OPERATION = "order"


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order, the token of its page, and where it is paid. `is_replay` says that the key had placed it
    before.
    """

    order: Order
    token: str
    checkout_url: str
    is_replay: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who pays and gets the receipt; `user_id` for somebody signed in."""

    email: str
    name: str = ""
    user_id: UUID | None = None


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
    with scope.merchant(merchant_id):
        order, is_replay = _once(merchant_id, wishes, buyer, key, actor, now)
        url = _payment_page(order, actor, now)
    return PlacedOrder(order=order, token=order_token(order.id), checkout_url=url, is_replay=is_replay)


def _payment_page(order: Order, actor: Actor, now: datetime) -> str:
    """Where it is paid; nowhere for an order that a repeated request finds paid or over."""
    try:
        return pay_order(merchant_id=order.merchant_id, order_id=order.id, actor=actor, now=now)
    except (AlreadyPaid, OrderIsOver):
        return ""


def _once(
    merchant_id: UUID, wishes: Sequence[Wish], buyer: Buyer, key: str, actor: Actor, now: datetime
) -> tuple[Order, bool]:
    if not key:
        with transaction():
            return _create(merchant_id, wishes, buyer, actor, now), False
    fields = {"lines": [asdict(wish) for wish in wishes], "buyer": asdict(buyer)}
    with once(merchant_id=merchant_id, operation=OPERATION, key=key, fields=fields, now=now) as effect:
        if effect.is_replay:
            return Order.objects.get(merchant_id=merchant_id, pk=parse_id("ord", effect.resource)), True
        order = _create(merchant_id, wishes, buyer, actor, now)
        effect.resource = order.public_id
    return order, False


def _number(order_id: UUID) -> str:
    """A short name for people to say, out of the id's random end: it tells nobody how many orders
    there were.
    """
    tail = public_id("ord", order_id)[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


def _create(merchant_id: UUID, wishes: Sequence[Wish], buyer: Buyer, actor: Actor, now: datetime) -> Order:
    merchant = Merchant.objects.filter(pk=merchant_id).first()
    if merchant is None or not merchant.is_active:
        raise NotForSale
    products = load_offers(merchant_id, wishes)
    prices = [price_wish(products[wish.product_id], wish) for wish in wishes]
    currency = wishes[0].value.currency
    total = Money(sum(price.total_minor for price in prices), currency)
    check_total(total)
    order_id = new_id()
    order = Order(
        id=order_id,
        merchant=merchant,
        number=_number(order_id),
        buyer_id=buyer.user_id,
        buyer_email=buyer.email,
        buyer_name=buyer.name,
        currency=currency,
        total_minor=total.amount_minor,
        token_hash=order_token_hash(order_token(order_id)),
        placed_at=now,
        expires_at=now + LIFETIME,
    )
    order.save(force_insert=True)
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
