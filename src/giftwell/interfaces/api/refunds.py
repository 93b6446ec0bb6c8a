"""Refunds: of a redemption, back to its card; of a sold card, back to whoever paid for it."""

from datetime import datetime
from typing import Any, Self

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, model_validator

from giftwell.domain.cards.models import Card
from giftwell.domain.orders.refund_order_card import refund_order_card
from giftwell.domain.redemption.models import Redemption, Refund
from giftwell.domain.redemption.queries import find_refund, refunds_of
from giftwell.domain.redemption.refund import refund
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.answers import effect, request_id_of
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.keys import require
from giftwell.interfaces.api.orders import order_card_id
from giftwell.interfaces.api.redemptions import CardRef, card_ref
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Identifier, ListOut, PositiveMinor, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.paging import DEFAULT_LIMIT, MAX_LIMIT, page_of
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


class CardRefundOut(Schema):
    """Value that went back to a card, as it stands."""

    id: str = Field(examples=["ref_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    redemption: str | None = Field(description="None where it came from no redemption.")
    card: str = Field(description="That got it.")
    amount_minor: int
    currency: str
    location: str | None
    reference: str
    refunded_at: datetime
    reversed_at: datetime | None = Field(description="When it was undone: it counts as never made.")


class RefundQuery(Schema):
    """What a list of refunds is narrowed to."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Text | None = Field(None, max_length=64)
    card: Identifier | None = None
    redemption: Identifier | None = None


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


def _out(one: Refund) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "redemption": public_id(Redemption.PREFIX, one.redemption_id) if one.redemption_id else None,
        "card": public_id(Card.PREFIX, one.card_id),
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "location": public_id(Location.PREFIX, one.location_id) if one.location_id else None,
        "reference": one.reference,
        "refunded_at": one.refunded_at,
        "reversed_at": one.reversed_at,
    }


@endpoint(
    router, "GET", "/refunds", needs=ApiScope.REDEMPTIONS_READ, answers=ListOut[CardRefundOut],
    problems=(404,),
)  # fmt: skip
def list_refunds(request: ApiRequest, query: Query[RefundQuery]) -> Any:
    """What went back to cards, of redemptions and without one, newest first."""
    rows = refunds_of(request.merchant_id)
    if query.card:
        rows = rows.filter(card_id=parse_id(Card.PREFIX, query.card))
    if query.redemption:
        rows = rows.filter(redemption_id=parse_id(Redemption.PREFIX, query.redemption))
    with reading():
        page = page_of(rows, cursor=query.cursor, limit=query.limit, at="refunded_at")
    return {"data": [_out(one) for one in page.rows], "next_cursor": page.next_cursor or None}


@endpoint(
    router, "GET", "/refunds/{refund_id}", needs=ApiScope.REDEMPTIONS_READ, answers=CardRefundOut,
    problems=(404,),
)  # fmt: skip
def get_refund(request: ApiRequest, refund_id: str) -> Any:
    """One refund to a card."""
    with reading():
        return _out(find_refund(request.merchant_id, parse_id(Refund.PREFIX, refund_id)))
