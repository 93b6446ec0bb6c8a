"""Send a buyer to pay a placed order, for the first time or again after a decline."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.orders.links import UnknownOrder, order_link
from giftwell.domain.orders.models import Order
from giftwell.domain.payments.start_payment import start_payment
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class OrderIsOver(Refused):
    """The order was fulfilled, or its time to be paid has passed."""

    code = "order_is_over"
    detail = "This order can no longer be paid."


def pay_order(*, merchant_id: UUID, order_id: UUID, actor: Actor, now: datetime) -> str:
    """The address of the order's payment page: the open one, or a new one where the last was declined or
    expired.

    Not part of a transaction: it speaks to the gateway. Raises UnknownOrder, OrderIsOver, AlreadyPaid,
    GatewayUnavailable, GatewayRefused.
    """
    with scope.merchant(merchant_id):
        with reading():
            order = Order.objects.filter(merchant_id=merchant_id, pk=order_id).first()
            if order is None:
                raise UnknownOrder
            seller = Merchant.objects.get(pk=merchant_id).name
            cards = order.lines.filter(is_load=False).count()
        if not order.is_pending or now >= order.expires_at:
            raise OrderIsOver
        payment = start_payment(
            merchant_id=merchant_id,
            order_id=order.id,
            amount=order.total,
            seller=seller,
            description=_description(order.number, cards),
            return_url=order_link(order.id),
            expires_at=order.expires_at,
            actor=actor,
            now=now,
        )
    return payment.checkout_url


def _description(number: str, cards: int) -> str:
    """What the buyer reads on the processor's page and on their statement."""
    if not cards:
        return f"Order {number}, a top-up"
    return f"Order {number}, {cards} gift card{'s' if cards != 1 else ''}"
