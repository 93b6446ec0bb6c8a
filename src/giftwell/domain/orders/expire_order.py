"""Let go of an order that nobody paid."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.cancel_card import cancel_card
from giftwell.domain.orders.events import OrderExpired
from giftwell.domain.orders.links import UnknownOrder
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.payments.expire_payments import expire_payments
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class OrderIsNotDue(Refused):
    """The buyer still has time to pay."""

    code = "order_is_not_due"
    detail = "This order can still be paid."


def expire_order(*, merchant_id: UUID, order_id: UUID, actor: Actor, now: datetime) -> Order:
    """Cancel the pending cards of an order whose time to be paid is over; money that still comes goes back.

    An order that is over already, or whose money is there, is returned as it is. Raises UnknownOrder,
    OrderIsNotDue.
    """
    with scope.merchant(merchant_id), transaction():
        order = Order.objects.for_update().filter(merchant_id=merchant_id, pk=order_id).first()
        if order is None:
            raise UnknownOrder
        if not order.is_pending:
            return order
        if now < order.expires_at:
            raise OrderIsNotDue
        if not expire_payments(merchant_id=merchant_id, order_id=order.id, actor=actor, now=now):
            return order
        lines = OrderLine.objects.filter(merchant_id=merchant_id, order=order, is_load=False).order_by("pk")
        for card_id in lines.values_list("card_id", flat=True):
            cancel_card(merchant_id=merchant_id, card_id=card_id, actor=actor, now=now)
        order.status, order.ended_at = Order.Status.EXPIRED, now
        order.save(update_fields=["status", "ended_at"])
        record(OrderExpired(merchant_id=merchant_id, subject=order.public_id), actor=actor, at=now)
    return order
