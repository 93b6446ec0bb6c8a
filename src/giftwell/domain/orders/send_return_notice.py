"""Write to the buyer that a paid top-up could not be fulfilled, and that the money goes back."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.orders.links import UnknownOrder, order_link
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.foundation.messaging.queue_message import queue_message
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.money import format_money


def send_return_notice(*, merchant_id: UUID, order_id: UUID, actor: Actor, now: datetime) -> bool:
    """Queue the notice of a returned order, and say whether this call did: an order ends with one letter.

    It stands in the place of the receipt, so it shares the receipt's mark. Any other order has none. Raises
    UnknownOrder.
    """
    with scope.merchant(merchant_id), transaction():
        order = Order.objects.for_update().filter(merchant_id=merchant_id, pk=order_id).first()
        if order is None:
            raise UnknownOrder
        if order.status != Order.Status.RETURNED or order.receipt_queued_at is not None:
            return False
        merchant = Merchant.objects.get(pk=merchant_id)
        line = OrderLine.objects.select_related("card").get(merchant_id=merchant_id, order=order)
        queue_message(
            "order_returned",
            merchant_id=merchant_id,
            channel="email",
            recipient=order.buyer_email,
            context={
                "buyer_name": order.buyer_name,
                "merchant_name": merchant.name,
                "order_number": order.number,
                "last4": line.card.last4,
                "total": format_money(order.total, merchant.locale),
                "link": order_link(order.id),
            },
            actor=actor,
            now=now,
            cause=order.public_id,
        )
        order.receipt_queued_at = now
        order.save(update_fields=["receipt_queued_at"])
    return True
