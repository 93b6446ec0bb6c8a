"""Reads of orders: lists for the merchant and the buyer, one order with its cards, and what a job has
to do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from giftwell.domain.cards.lineage import carried_on
from giftwell.domain.cards.models import Card, CloseReason
from giftwell.domain.cards.queries import with_balance
from giftwell.domain.delivery.links import gift_link
from giftwell.domain.delivery.models import Gift
from giftwell.domain.orders.links import UnknownOrder
from giftwell.domain.orders.models import Order, OrderLine, OrderRefund
from giftwell.domain.payments.models import Payment, PaymentRefund
from giftwell.kit.money import Money

_A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its card as it stands now (what carries it on, if it was lost), and its gift once there is
    one.
    """

    line: OrderLine
    card: Card
    balance: Money
    gift: Gift | None
    gift_link: str
    refunds: list[OrderRefund]


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as its page shows it. `payment` is the one that counts: the succeeded one, else the
    latest.
    """

    order: Order
    lines: list[LineView]
    payment: Payment | None
    money_back: list[PaymentRefund]

    @property
    def state(self) -> str:
        """`fulfilled`, `expired`, `paid` (on its way to be fulfilled), or how the open payment stands."""
        if not self.order.is_pending or self.payment is None:
            return self.order.status
        return "paid" if self.payment.status == Payment.Status.SUCCEEDED else self.payment.status


def orders_of(merchant_id: UUID) -> QuerySet[Order]:
    """A merchant's orders, newest first."""
    return Order.objects.filter(merchant_id=merchant_id).order_by("-placed_at", "-id")


def orders_bought_by(person_id: UUID) -> QuerySet[Order]:
    """The orders a person placed while signed in, newest first; read in the person's own scope."""
    return Order.objects.filter(buyer_id=person_id).select_related("merchant").order_by("-placed_at", "-id")


def view_order(merchant_id: UUID, order_id: UUID) -> OrderView:
    """One order with everything its page shows; gift links only for a fulfilled one. Raises UnknownOrder."""
    order = Order.objects.filter(merchant_id=merchant_id, pk=order_id).select_related("merchant").first()
    if order is None:
        raise UnknownOrder
    payments = list(
        Payment.objects.filter(merchant_id=merchant_id, order_id=order_id).order_by("created_at", "pk")
    )
    succeeded = [payment for payment in payments if payment.status == Payment.Status.SUCCEEDED]
    return OrderView(
        order=order,
        lines=_lines(order),
        payment=next(iter(succeeded or payments[-1:]), None),
        money_back=list(
            PaymentRefund.objects.filter(merchant_id=merchant_id, payment__in=payments).order_by(
                "claimed_at", "pk"
            )
        ),
    )


def _lines(order: Order) -> list[LineView]:
    lines = list(
        OrderLine.objects.filter(merchant_id=order.merchant_id, order=order)
        .select_related("order", "product", "design")
        .order_by("position")
    )
    wanted = [line.card_id for line in lines]
    cards = {
        card.pk: card
        for card in with_balance(Card.objects.filter(merchant_id=order.merchant_id, pk__in=wanted))
    }
    cards = {card_id: _as_it_stands(card) for card_id, card in cards.items()}
    gifts = {
        gift.order_line_id: gift
        for gift in Gift.objects.filter(merchant_id=order.merchant_id, order_id=order.id)
    }
    refunds = list(OrderRefund.objects.filter(merchant_id=order.merchant_id, line__in=lines).order_by("pk"))
    return [
        LineView(
            line=line,
            card=(card := cards[line.card_id]),
            balance=Money(card.balance_minor, card.currency),  # type: ignore[attr-defined]  # annotated
            gift=(gift := gifts.get(line.pk)),
            gift_link=gift_link(gift.id, gift.token_version) if gift else "",
            refunds=[refund for refund in refunds if refund.line_id == line.pk],
        )
        for line in lines
    ]


def _as_it_stands(card: Card) -> Card:
    """The card that carries a lost one on, with its balance; any other card as it is."""
    if card.close_reason != CloseReason.REPLACED:
        return card
    return with_balance(Card.objects.filter(merchant_id=card.merchant_id)).get(pk=carried_on(card).pk)


def orders_due(now: datetime, *, limit: int = 500) -> list[tuple[UUID, UUID]]:
    """(merchant, order) of unpaid orders whose time is over, oldest first. For the sweeping job, in platform
    scope.
    """
    due = Order.objects.filter(status=Order.Status.PENDING, expires_at__lte=now).order_by("expires_at", "pk")
    return list(due.values_list("merchant_id", "pk")[:limit])


def orders_stuck(now: datetime, *, limit: int = 500) -> list[tuple[UUID, UUID]]:
    """(merchant, order) whose money has been there for a minute and that nobody fulfilled: a job was lost or
    broke.

    For the sweeping job, in platform scope.
    """
    paid = Payment.objects.filter(status=Payment.Status.SUCCEEDED, settled_at__lte=now - _A_MOMENT)
    stuck = Order.objects.filter(status=Order.Status.PENDING, pk__in=paid.values("order_id"))
    return list(stuck.order_by("placed_at", "pk").values_list("merchant_id", "pk")[:limit])
