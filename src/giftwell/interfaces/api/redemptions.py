"""Redemptions: spend from a card, and read what was spent.

The same functions, the same keys and the same answers as `/v1/pos/redemptions`, which is faster.
"""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictBool

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.answers import Answer
from giftwell.domain.redemption.models import Redemption
from giftwell.domain.redemption.queries import find_redemption, redemptions_of
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.answers import effect, request_id_of
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Currency, Identifier, ListOut, PositiveMinor, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.paging import DEFAULT_LIMIT, MAX_LIMIT, page_of
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import Money

router = Router()


class RedemptionIn(Body):
    """Spend from a card."""

    code: Text = Field(min_length=1, max_length=64, examples=["7K4M-XQ2D-9FHT-3WNPV"])
    amount_minor: PositiveMinor
    currency: Currency
    location: Identifier | None = None
    reference: Text = Field("", max_length=120, description="Your own number for it, such as a receipt's.")
    allow_partial: StrictBool = Field(
        False, description="Take what there is when it is less than the amount."
    )


class CardRef(Schema):
    """The card, as far as a till needs to know it."""

    id: str
    last4: str


class RedeemedOut(Schema):
    """What was spent, and what is left."""

    id: str = Field(examples=["red_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    amount_minor: int
    due_minor: int = Field(description="What is still to be paid another way.")
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef


class RedemptionOut(Schema):
    """A redemption as it stands."""

    id: str
    card: str
    amount_minor: int
    tip_minor: int = Field(description="Part of the amount.")
    refunded_minor: int
    currency: str
    location: str | None
    reference: str
    authorization: str | None = Field(description="Of which it is a capture.")
    redeemed_at: datetime
    reversed_at: datetime | None = Field(description="When it was undone as a whole.")


class RedemptionQuery(Schema):
    """What a list of redemptions is narrowed to."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Text | None = Field(None, max_length=64)
    card: Identifier | None = None


def _out(one: Redemption) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "card": public_id(Card.PREFIX, one.card_id),
        "amount_minor": one.amount_minor,
        "tip_minor": one.tip_minor,
        "refunded_minor": one.refunded_minor,
        "currency": one.currency,
        "location": public_id(Location.PREFIX, one.location_id) if one.location_id else None,
        "reference": one.reference,
        "authorization": public_id("auth", one.authorization_id) if one.authorization_id else None,
        "redeemed_at": one.redeemed_at,
        "reversed_at": one.reversed_at,
    }


def card_ref(answer: Answer) -> dict[str, str]:
    """The card of an answer, as far as a till needs to know it."""
    return {"id": public_id(Card.PREFIX, answer.card_id), "last4": answer.last4}


@endpoint(
    router,
    "POST",
    "/redemptions",
    needs=ApiScope.POS,
    answers=RedeemedOut,
    status=201,
    problems=(402, 404, 409),
    keyed=True,
)
def create(request: ApiRequest, body: RedemptionIn, response: HttpResponse) -> Status:
    """Spend from a card. Unknown, foreign, malformed and mistyped codes get the same answer."""
    answer = redeem(
        merchant_id=request.merchant_id,
        code=body.code,
        amount=Money(body.amount_minor, body.currency),
        key=request.idempotency_key,
        location_id=parse_id(Location.PREFIX, body.location) if body.location else None,
        reference=body.reference,
        allow_partial=body.allow_partial,
        request_id=request_id_of(request),
        actor=request.actor,
        now=now(),
    )
    told = {
        "id": public_id(Redemption.PREFIX, answer.id),
        "amount_minor": answer.amount.amount_minor,
        "due_minor": body.amount_minor - answer.amount.amount_minor,
        "balance_minor": answer.balance.amount_minor,
        "available_minor": answer.available.amount_minor,
        "currency": answer.amount.currency,
        "card": card_ref(answer),
    }
    return effect(response, told, replayed=answer.replayed)


@endpoint(
    router,
    "GET",
    "/redemptions",
    needs=ApiScope.REDEMPTIONS_READ,
    answers=ListOut[RedemptionOut],
    problems=(404,),
)
def list_redemptions(request: ApiRequest, query: Query[RedemptionQuery]) -> Any:
    """The merchant's redemptions, newest first."""
    rows = redemptions_of(request.merchant_id)
    if query.card:
        rows = rows.filter(card_id=parse_id(Card.PREFIX, query.card))
    with reading():
        page = page_of(rows, cursor=query.cursor, limit=query.limit, at="redeemed_at")
    return {"data": [_out(one) for one in page.rows], "next_cursor": page.next_cursor or None}


@endpoint(
    router, "GET", "/redemptions/{redemption_id}", needs=ApiScope.REDEMPTIONS_READ, answers=RedemptionOut,
    problems=(404,),
)  # fmt: skip
def get_redemption(request: ApiRequest, redemption_id: str) -> Any:
    """One redemption."""
    with reading():
        return _out(find_redemption(request.merchant_id, parse_id(Redemption.PREFIX, redemption_id)))
