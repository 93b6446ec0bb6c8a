"""Refunds: of a redemption, back to its card; of a sold card, back to whoever paid for it."""

from typing import Any, Self

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field, model_validator

from giftwell.domain.cards.models import Card
from giftwell.domain.orders.refund_order_card import refund_order_card
from giftwell.domain.redemption.models import Redemption
from giftwell.domain.redemption.refund import refund
from giftwell.interfaces.api.answers import effect, request_id_of
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.keys import require
from giftwell.interfaces.api.orders import order_card_id
from giftwell.interfaces.api.redemptions import CardRef, card_ref
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Identifier, PositiveMinor
from giftwell.interfaces.common.access import ApiScope
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id, public_id

router = Router()


class RefundIn(Body):
    """Name a redemption or an order card, never both; without an amount, all that is left."""

    redemption: Identifier | None = Field(None, examples=["red_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    order_card: Identifier | None = None
    amount_minor: PositiveMinor | None = Field(
        None, description="Of a redemption: the money. Of an order card: the value taken off it."
    )

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.redemption is None) == (self.order_card is None):
            raise ValueError("name either a redemption or an order_card")
        return self


class RefundOut(Schema):
    """What goes back."""

    id: str = Field(examples=["ref_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    redemption: str | None
    order_card: str | None
    amount_minor: int = Field(description="To the card, or to the payer.")
    balance_minor: int | None = Field(description="Of the card after the refund of a redemption.")
    currency: str
    card: CardRef | None = Field(description="That got the refund of a redemption.")
    instead_of: str | None = Field(
        description="The card that paid, where it is closed and `card` carries it on."
    )


@endpoint(
    router, "POST", "/refunds", needs=None, answers=RefundOut, status=201, problems=(404, 409), keyed=True
)
def create(request: ApiRequest, body: RefundIn, response: HttpResponse) -> Status:
    """Give a redemption back to its card, or the unspent value of a sold card back to its payer.

    The first needs the scope `pos`, the second `orders:write`.
    """
    if body.order_card:
        return _of_order_card(request, body, response)
    assert body.redemption
    require(request, ApiScope.POS)
    answer = refund(
        merchant_id=request.merchant_id,
        redemption_id=parse_id(Redemption.PREFIX, body.redemption),
        amount_minor=body.amount_minor,
        key=request.idempotency_key,
        request_id=request_id_of(request),
        actor=request.actor,
        now=now(),
    )
    told: dict[str, Any] = {
        "id": public_id("ref", answer.id),
        "redemption": body.redemption,
        "order_card": None,
        "amount_minor": answer.amount.amount_minor,
        "balance_minor": answer.balance.amount_minor,
        "currency": answer.amount.currency,
        "card": card_ref(answer),
        "instead_of": public_id(Card.PREFIX, answer.instead_of) if answer.instead_of else None,
    }
    return effect(response, told, replayed=answer.replayed)


def _of_order_card(request: ApiRequest, body: RefundIn, response: HttpResponse) -> Status:
    assert body.order_card
    require(request, ApiScope.ORDERS_WRITE)
    done = refund_order_card(
        merchant_id=request.merchant_id,
        line_id=order_card_id(body.order_card),
        value_minor=body.amount_minor,
        key=request.idempotency_key,
        actor=request.actor,
        now=now(),
    )
    told = {
        "id": done.refund.public_id,
        "redemption": None,
        "order_card": body.order_card,
        "amount_minor": done.refund.amount_minor,
        "balance_minor": None,
        "currency": done.refund.currency,
        "card": None,
        "instead_of": None,
    }
    return effect(response, told, replayed=done.is_replay)
