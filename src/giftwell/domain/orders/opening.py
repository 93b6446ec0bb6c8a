"""The steps that every way to place an order shares: its row, and the way to its payment page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from giftwell.domain.orders.links import order_token, order_token_hash
from giftwell.domain.orders.models import Order
from giftwell.domain.orders.pay_order import OrderIsOver, pay_order
from giftwell.domain.orders.wishes import LIFETIME, check_total
from giftwell.domain.payments.start_payment import AlreadyPaid
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.ids import new_id, parse_id, public_id
from giftwell.kit.money import Money


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


def placed_once(
    merchant_id: UUID,
    create: Callable[[], Order],
    *,
    operation: str,
    key: str,
    fields: Mapping[str, object],
    now: datetime,
) -> tuple[Order, bool]:
    """What `create` makes in a transaction, and whether an earlier call with the key had made it.

    Without a key every call makes one.
    """
    if not key:
        with transaction():
            return create(), False
    with once(merchant_id=merchant_id, operation=operation, key=key, fields=fields, now=now) as effect:
        if effect.is_replay:
            return Order.objects.get(merchant_id=merchant_id, pk=parse_id("ord", effect.resource)), True
        order = create()
        effect.resource = order.public_id
    return order, False


def open_order(merchant: Merchant, buyer: Buyer, total: Money, now: datetime) -> Order:
    """Insert the order without its lines, in the caller's transaction. Raises OrderIsInvalid for a total
    that is too high.
    """
    check_total(total)
    order_id = new_id()
    order = Order(
        id=order_id,
        merchant=merchant,
        number=_number(order_id),
        buyer_id=buyer.user_id,
        buyer_email=buyer.email,
        buyer_name=buyer.name,
        currency=total.currency,
        total_minor=total.amount_minor,
        token_hash=order_token_hash(order_token(order_id)),
        placed_at=now,
        expires_at=now + LIFETIME,
    )
    order.save(force_insert=True)
    return order


def with_payment_page(order: Order, *, is_replay: bool, actor: Actor, now: datetime) -> PlacedOrder:
    """Open the payment page, after the order's transaction: there is none for an order that a repeated
    request finds paid or over.
    """
    try:
        url = pay_order(merchant_id=order.merchant_id, order_id=order.id, actor=actor, now=now)
    except (AlreadyPaid, OrderIsOver):
        url = ""
    return PlacedOrder(order=order, token=order_token(order.id), checkout_url=url, is_replay=is_replay)


def _number(order_id: UUID) -> str:
    """A short name for people to say, out of the id's random end: it tells nobody how many orders
    there were.
    """
    tail = public_id("ord", order_id)[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"
