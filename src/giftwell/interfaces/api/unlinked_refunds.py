"""Refunds without a redemption: value onto a card, out of the merchant's own. A scope of its own."""

from typing import Self

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field, model_validator

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.models import Refund
from giftwell.domain.redemption.unlinked_refund import unlinked_refund
from giftwell.foundation.tenancy.models import Location
from giftwell.interfaces.api.answers import effect, request_id_of
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.redemptions import CardRef, card_ref
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Currency, Identifier, PositiveMinor, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import Money

router = Router()


class UnlinkedRefundIn(Body):
    """Name the card by its code or by its id, never by both."""

    code: Text | None = Field(None, min_length=1, max_length=64, examples=["7K4M-XQ2D-9FHT-3WNPV"])
    card: Identifier | None = None
    amount_minor: PositiveMinor
    currency: Currency
    location: Identifier | None = None
    reference: Text = Field("", max_length=120, description="Why, or your own number for it.")

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.code is None) == (self.card is None):
            raise ValueError("name either a code or a card")
        return self


class UnlinkedRefundOut(Schema):
    """What the card got."""

    id: str = Field(examples=["ref_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    amount_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef


@endpoint(
    router, "POST", "/unlinked-refunds", needs=ApiScope.REFUNDS_UNLINKED, answers=UnlinkedRefundOut,
    status=201, problems=(404, 409), keyed=True,
)  # fmt: skip
def create(request: ApiRequest, body: UnlinkedRefundIn, response: HttpResponse) -> Status:
    """Put value on a card without a redemption that it comes from; the merchant pays.

    At most the largest value of the card's program at once, and ten times that on one of the merchant's days.
    """
    answer = unlinked_refund(
        merchant_id=request.merchant_id,
        code=body.code,
        card_id=parse_id(Card.PREFIX, body.card) if body.card else None,
        amount=Money(body.amount_minor, body.currency),
        location_id=parse_id(Location.PREFIX, body.location) if body.location else None,
        reference=body.reference,
        key=request.idempotency_key,
        request_id=request_id_of(request),
        actor=request.actor,
        now=now(),
    )
    told = {
        "id": public_id(Refund.PREFIX, answer.id),
        "amount_minor": answer.amount.amount_minor,
        "balance_minor": answer.balance.amount_minor,
        "available_minor": answer.available.amount_minor,
        "currency": answer.amount.currency,
        "card": card_ref(answer),
    }
    return effect(response, told, replayed=answer.replayed)
