"""Write to the buyer that the order is done: what was bought, what it cost, where the gifts are."""

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


def send_receipt(*, merchant_id: UUID, order_id: UUID, actor: Actor, now: datetime) -> bool:
    """Queue the receipt of a fulfilled order, and say whether this call did: one order has one receipt.

    An order that is not fulfilled has none. Raises UnknownOrder.
    """
    with scope.merchant(merchant_id), transaction():
        order = Order.objects.for_update().filter(merchant_id=merchant_id, pk=order_id).first()
        if order is None:
            raise UnknownOrder
        if not order.is_fulfilled or order.receipt_queued_at is not None:
            return False
        merchant = Merchant.objects.get(pk=merchant_id)
        lines = OrderLine.objects.filter(merchant_id=merchant_id, order=order).select_related(
            "product", "card"
        )
        queue_message(
            "receipt",
            merchant_id=merchant_id,
            channel="email",
            recipient=order.buyer_email,
            context={
                "buyer_name": order.buyer_name,
                "merchant_name": merchant.name,
                "order_number": order.number,
                "lines": [_line(line, merchant.locale) for line in lines],
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


def _line(line: OrderLine, locale: str) -> dict[str, str]:
    return {
        "product": line.product.name if line.product else f"Top-up of card ·{line.card.last4}",
        "recipient_name": line.recipient_name,
        "amount": format_money(line.total, locale),
    }
