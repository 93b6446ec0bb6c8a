"""Orders: place one, see how it stands, list them."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from giftwell.domain.catalog.models import Design, Product
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.orders.place_order import Buyer, place_order
from giftwell.domain.orders.queries import LineView, orders_of, view_order
from giftwell.domain.orders.wishes import MAX_CARDS, Wish
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.answers import effect
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Amount, AmountOut, Body, Identifier, ListOut, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.paging import DEFAULT_LIMIT, MAX_LIMIT, page_of
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import Money

router = Router()


class LineIn(Body):
    """One card as the buyer wants it. What it costs is not the buyer's to say."""

    product: Identifier
    value: Amount
    design: Identifier | None = None
    recipient_name: Text = Field("", max_length=80)
    recipient_email: Text = Field("", max_length=254)
    sender_name: Text = Field("", max_length=80)
    message: Text = Field("", max_length=500)


class BuyerIn(Body):
    """Who pays and gets the receipt."""

    email: Text = Field(max_length=254, examples=["tomas@example.com"])
    name: Text = Field("", max_length=120)


class OrderIn(Body):
    """An order of one merchant, in one currency."""

    buyer: BuyerIn
    lines: list[LineIn] = Field(min_length=1, max_length=MAX_CARDS)


class OrderCardOut(Schema):
    """A line of an order, which sells one card or loads one; its id names it in a refund."""

    id: str = Field(examples=["line_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    product: str | None = Field(description="Null for a top-up.")
    is_load: bool = Field(description="Whether it puts value onto a card that was there before.")
    card: str
    card_status: Literal["pending", "active", "frozen", "closed"]
    value: AmountOut
    price: AmountOut
    fee: AmountOut
    refunded: AmountOut
    recipient_name: str
    sender_name: str
    message: str
    gift_state: str | None = Field(
        description="How far the gift has come; null before the order is fulfilled."
    )


class OrderSummaryOut(Schema):
    """An order in a list."""

    id: str = Field(examples=["ord_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    number: str
    status: Literal["pending", "fulfilled", "expired", "returned"]
    total: AmountOut
    buyer_email: str
    placed_at: datetime
    paid_at: datetime | None
    fulfilled_at: datetime | None


class OrderOut(OrderSummaryOut):
    """An order with its cards."""

    payment_status: str | None
    lines: list[OrderCardOut]


class PlacedOrderOut(OrderOut):
    """An order just placed, with the address where its buyer pays."""

    payment_url: str | None = Field(description="The processor's page; null once nothing is left to pay.")


class OrderQuery(Schema):
    """What a list of orders is narrowed to."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Text | None = Field(None, max_length=64)
    status: Literal["pending", "fulfilled", "expired", "returned"] | None = None
    number: Text | None = Field(None, max_length=12)


def _summary(order: Order) -> dict[str, Any]:
    return {
        "id": order.public_id,
        "number": order.number,
        "status": order.status,
        "total": {"amount_minor": order.total_minor, "currency": order.currency},
        "buyer_email": order.buyer_email,
        "placed_at": order.placed_at,
        "paid_at": order.paid_at,
        "fulfilled_at": order.fulfilled_at,
    }


def _line(view: LineView) -> dict[str, Any]:
    line = view.line
    return {
        "id": line.public_id,
        "product": public_id(Product.PREFIX, line.product_id) if line.product_id else None,
        "is_load": line.is_load,
        "card": view.card.public_id,
        "card_status": view.card.status,
        "value": {"amount_minor": line.value_minor, "currency": line.currency},
        "price": {"amount_minor": line.price_minor, "currency": line.currency},
        "fee": {"amount_minor": line.fee_minor, "currency": line.currency},
        "refunded": {"amount_minor": line.refunded_minor, "currency": line.currency},
        "recipient_name": line.recipient_name,
        "sender_name": line.sender_name,
        "message": line.message,
        "gift_state": view.gift.state if view.gift else None,
    }


def order_out(request: ApiRequest, order_id: str) -> dict[str, Any]:
    """An order as the API tells it."""
    with reading():
        view = view_order(request.merchant_id, parse_id(Order.PREFIX, order_id))
    return {
        **_summary(view.order),
        "payment_status": view.payment.status if view.payment else None,
        "lines": [_line(line) for line in view.lines],
    }


@endpoint(router, "GET", "/orders", needs=ApiScope.ORDERS_READ, answers=ListOut[OrderSummaryOut])
def list_orders(request: ApiRequest, query: Query[OrderQuery]) -> Any:
    """The merchant's orders, newest first."""
    orders = orders_of(request.merchant_id)
    if query.status:
        orders = orders.filter(status=query.status)
    if query.number:
        orders = orders.filter(number=query.number.upper())
    with reading():
        page = page_of(orders, cursor=query.cursor, limit=query.limit, at="placed_at")
    return {"data": [_summary(order) for order in page.rows], "next_cursor": page.next_cursor or None}


@endpoint(
    router, "POST", "/orders", needs=ApiScope.ORDERS_WRITE, answers=PlacedOrderOut, status=201,
    problems=(404, 409), keyed=True,
)  # fmt: skip
def place(request: ApiRequest, body: OrderIn, response: HttpResponse) -> Status:
    """Place an order. Its cards are pending, without a code, until the processor says that it was paid."""
    placed = place_order(
        merchant_id=request.merchant_id,
        wishes=[_wish(line) for line in body.lines],
        buyer=Buyer(email=body.buyer.email, name=body.buyer.name),
        key=request.idempotency_key,
        actor=request.actor,
        now=now(),
    )
    answer = {**order_out(request, placed.order.public_id), "payment_url": placed.checkout_url or None}
    return effect(response, answer, replayed=placed.is_replay)


def _wish(line: LineIn) -> Wish:
    return Wish(
        product_id=parse_id(Product.PREFIX, line.product),
        value=Money(line.value.amount_minor, line.value.currency),
        design_id=parse_id(Design.PREFIX, line.design) if line.design else None,
        recipient_name=line.recipient_name,
        recipient_email=line.recipient_email,
        sender_name=line.sender_name,
        message=line.message,
    )


@endpoint(router, "GET", "/orders/{order_id}", needs=ApiScope.ORDERS_READ, answers=OrderOut, problems=(404,))
def get_order(request: ApiRequest, order_id: str) -> Any:
    """One order with its cards."""
    return order_out(request, order_id)


def order_card_id(text: str) -> Any:
    """The id of a line, which is how a refund names a sold card."""
    return parse_id(OrderLine.PREFIX, text)
