"""Turn a paid order into cards and gifts: once."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.activate_card import Paid, activate_card
from giftwell.domain.delivery.make_gift import Wrapping, make_gift
from giftwell.domain.orders.events import OrderFulfilled
from giftwell.domain.orders.links import UnknownOrder
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.payments.models import Payment
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class OrderIsNotPaid(Refused):
    """No payment of exactly this order and this total has settled."""

    code = "order_is_not_paid"
    detail = "This order is not paid."


def fulfil_order(*, merchant_id: UUID, order_id: UUID, actor: Actor, now: datetime) -> Order:
    """Load the order's cards out of its settled payment, make their codes and wrap the gifts.

    All of it or nothing, in one transaction under the order's lock: repeated or concurrent, it happens once,
    and an order that is fulfilled is returned as it is. Raises UnknownOrder, OrderIsNotPaid.
    """
    with scope.merchant(merchant_id), transaction():
        order = Order.objects.for_update().filter(merchant_id=merchant_id, pk=order_id).first()
        if order is None:
            raise UnknownOrder
        if order.is_fulfilled:
            return order
        payment = _payment_of(order)
        lines = list(OrderLine.objects.filter(merchant_id=merchant_id, order=order).order_by("position"))
        for line in lines:
            _fulfil_line(order, line, actor=actor, now=now)
        order.status = Order.Status.FULFILLED
        order.paid_at, order.fulfilled_at = payment.settled_at, now
        order.save(update_fields=["status", "paid_at", "fulfilled_at"])
        event = OrderFulfilled(
            merchant_id=merchant_id,
            subject=order.public_id,
            payment=payment.public_id,
            total_minor=order.total_minor,
            currency=order.currency,
            cards=len(lines),
        )
        record(event, actor=actor, at=now)
    return order


def _payment_of(order: Order) -> Payment:
    """The payment that paid this order. The total is compared again here: it is what the cards are loaded
    from.
    """
    payment = Payment.objects.filter(
        merchant_id=order.merchant_id, order_id=order.id, status=Payment.Status.SUCCEEDED
    ).first()
    if payment is None or not order.is_pending or payment.settled != order.total:
        raise OrderIsNotPaid
    return payment


def _fulfil_line(order: Order, line: OrderLine, *, actor: Actor, now: datetime) -> None:
    card = activate_card(
        merchant_id=line.merchant_id,
        card_id=line.card_id,
        paid=Paid(price_minor=line.price_minor, fee_minor=line.fee_minor),
        cause=f"fulfil:{line.id}",
        actor=actor,
        now=now,
    )
    wrapping = Wrapping(
        recipient_name=line.recipient_name,
        recipient_email=line.recipient_email,
        sender_name=line.sender_name,
        message=line.message,
    )
    make_gift(card=card, order_id=order.id, order_line_id=line.id, wrapping=wrapping, actor=actor, now=now)
