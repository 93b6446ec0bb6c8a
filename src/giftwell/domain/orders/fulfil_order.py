"""Turn a paid order into cards and gifts, or into more on a card that was there: once."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.activate_card import activate_card
from giftwell.domain.cards.load_paid import load_paid
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.paid_value import Paid, commission_at_sale
from giftwell.domain.delivery.make_gift import Wrapping, make_gift
from giftwell.domain.orders.events import OrderFulfilled, OrderReturned
from giftwell.domain.orders.links import UnknownOrder
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.payments.expire_payments import expire_payments
from giftwell.domain.payments.models import Payment
from giftwell.domain.payments.return_payment import return_payment
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid, Refused


class OrderIsNotPaid(Refused):
    """No payment of exactly this order and this total has settled."""

    code = "order_is_not_paid"
    detail = "This order is not paid."


class CannotLoad(Exception):
    """The card of a line can take nothing any more; `reason` is the code of why. Never leaves this file."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def fulfil_order(*, merchant_id: UUID, order_id: UUID, actor: Actor, now: datetime) -> Order:
    """Load the order's cards out of its settled payment, make their codes and wrap the gifts.

    All of it or nothing, in one transaction under the order's lock: repeated or concurrent, it happens once,
    and an order that is fulfilled is returned as it is. A card to be loaded that can take nothing any more
    ends the order as returned: the money goes back. Raises UnknownOrder, OrderIsNotPaid.
    """
    with scope.merchant(merchant_id), transaction():
        order = Order.objects.for_update().filter(merchant_id=merchant_id, pk=order_id).first()
        if order is None:
            raise UnknownOrder
        if order.is_fulfilled or order.status == Order.Status.RETURNED:
            return order
        payment = _payment_of(order)
        lines = list(OrderLine.objects.filter(merchant_id=merchant_id, order=order).order_by("position"))
        try:
            for line in lines:
                _fulfil_line(order, line, actor=actor, now=now)
        except CannotLoad as error:
            return _give_back(order, payment, error, actor=actor, now=now)
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
    if line.is_load:
        _load_line(line, actor=actor, now=now)
        return
    card = activate_card(
        merchant_id=line.merchant_id,
        card_id=line.card_id,
        paid=Paid(price_minor=line.price_minor, fee_minor=line.fee_minor),
        cause=f"fulfil:{line.id}",
        actor=actor,
        now=now,
    )
    line.commission_minor = commission_at_sale(card, line.price_minor)
    line.save(update_fields=["commission_minor"])
    wrapping = Wrapping(
        recipient_name=line.recipient_name,
        recipient_email=line.recipient_email,
        sender_name=line.sender_name,
        message=line.message,
    )
    make_gift(card=card, order_id=order.id, order_line_id=line.id, wrapping=wrapping, actor=actor, now=now)


def _load_line(line: OrderLine, *, actor: Actor, now: datetime) -> None:
    """Load the card of the line. An order that loads has this line only, so that nothing is half done."""
    try:
        load_paid(
            merchant_id=line.merchant_id,
            card_id=line.card_id,
            value_minor=line.value_minor,
            paid=Paid(price_minor=line.price_minor, fee_minor=line.fee_minor),
            line=line.public_id,
            cause=f"fulfil:{line.id}",
            actor=actor,
            now=now,
        )
    except (Refused, Invalid) as error:
        raise CannotLoad(error.code) from error
    card = Card.objects.select_related("program").get(merchant_id=line.merchant_id, pk=line.card_id)
    line.commission_minor = commission_at_sale(card, line.price_minor)
    line.save(update_fields=["commission_minor"])


def _give_back(order: Order, payment: Payment, error: CannotLoad, *, actor: Actor, now: datetime) -> Order:
    """End the order and owe the payer everything; a payment of it that still arrives goes back too."""
    return_payment(merchant_id=order.merchant_id, payment_id=payment.pk, actor=actor, now=now)
    expire_payments(merchant_id=order.merchant_id, order_id=order.id, actor=actor, now=now)
    order.status, order.ended_at = Order.Status.RETURNED, now
    order.save(update_fields=["status", "ended_at"])
    event = OrderReturned(
        merchant_id=order.merchant_id,
        subject=order.public_id,
        payment=payment.public_id,
        reason=error.reason,
        total_minor=order.total_minor,
        currency=order.currency,
    )
    record(event, actor=actor, at=now)
    return order
