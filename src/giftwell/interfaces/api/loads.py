"""More on a card: by the merchant itself, or by a top-up that somebody pays for."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from giftwell.domain.cards.load_card import load_card
from giftwell.domain.cards.models import Card
from giftwell.domain.orders.place_order import Buyer
from giftwell.domain.orders.place_top_up import place_top_up
from giftwell.interfaces.api.answers import effect
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.orders import BuyerIn, PlacedOrderOut, order_out
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Amount, Body, Currency, Identifier, PositiveMinor
from giftwell.interfaces.common.access import ApiScope
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import Money

router = Router()


class LoadIn(Body):
    """What is put onto the card."""

    amount_minor: PositiveMinor
    currency: Currency


class LoadOut(Schema):
    """A load, and what the card had after it."""

    id: str = Field(examples=["post_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    card: str
    amount_minor: int
    balance_minor: int
    currency: str
    loaded_at: datetime


class TopUpIn(Body):
    """A load that somebody pays for, and who that is."""

    card: Identifier = Field(examples=["card_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    value: Amount
    buyer: BuyerIn


@endpoint(
    router, "POST", "/cards/{card_id}/loads", needs=ApiScope.CARDS_WRITE, answers=LoadOut, status=201,
    problems=(404, 409), keyed=True,
)  # fmt: skip
def load(request: ApiRequest, card_id: str, body: LoadIn, response: HttpResponse) -> Status:
    """Put value onto an active card of a promotional or direct program, without a payment.

    A sold card (escrow) is refused with `program_needs_payment`: place a top-up for it.
    """
    done = load_card(
        merchant_id=request.merchant_id,
        card_id=parse_id(Card.PREFIX, card_id),
        amount=Money(body.amount_minor, body.currency),
        key=request.idempotency_key,
        actor=request.actor,
        now=now(),
    )
    told: dict[str, Any] = {
        "id": done.public_id,
        "card": public_id(Card.PREFIX, done.card_id),
        "amount_minor": done.amount.amount_minor,
        "balance_minor": done.balance.amount_minor,
        "currency": done.amount.currency,
        "loaded_at": done.at,
    }
    return effect(response, told, replayed=done.is_replay)


@endpoint(
    router, "POST", "/top-ups", needs=ApiScope.ORDERS_WRITE, answers=PlacedOrderOut, status=201,
    problems=(404, 409), keyed=True,
)  # fmt: skip
def top_up(request: ApiRequest, body: TopUpIn, response: HttpResponse) -> Status:
    """Place an order that loads a card once it is paid.

    If the card can take nothing any more by then, the order ends as `returned` and the money goes back.
    """
    placed = place_top_up(
        merchant_id=request.merchant_id,
        card_id=parse_id(Card.PREFIX, body.card),
        value=Money(body.value.amount_minor, body.value.currency),
        buyer=Buyer(email=body.buyer.email, name=body.buyer.name),
        key=request.idempotency_key,
        actor=request.actor,
        now=now(),
    )
    answer = {**order_out(request, placed.order.public_id), "payment_url": placed.checkout_url or None}
    return effect(response, answer, replayed=placed.is_replay)
