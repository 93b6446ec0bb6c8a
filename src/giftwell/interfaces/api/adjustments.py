"""Adjustments: asked for by anyone with the scope, approved by a person at the console and never here."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictInt

from giftwell.domain.cards.adjust_card import adjust_card
from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.cards.queries import adjustments_of
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.answers import effect
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Currency, Identifier, ListOut, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.paging import DEFAULT_LIMIT, MAX_LIMIT, page_of
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import MAX_MINOR, Money

router = Router()

ChangeMinor = Annotated[
    StrictInt,
    Field(
        ge=-MAX_MINOR, le=MAX_MINOR, description="Added to the card; below zero, taken off.", examples=[-500]
    ),
]


class AdjustmentIn(Body):
    """A correction, and why."""

    change_minor: ChangeMinor
    currency: Currency
    reason: Text = Field(min_length=3, max_length=200, examples=["The till took twice what it ought"])


class AdjustmentOut(Schema):
    """A correction, applied or waiting for a second person."""

    id: str = Field(examples=["adj_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    card: str
    change_minor: int
    currency: str
    source: Literal["merchant", "goodwill"] = Field(description="Who bears it; goodwill is the platform's.")
    reason: str
    status: Literal["requested", "applied", "declined", "lapsed"]
    requested_by: str = Field(examples=["api_key:key_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    requested_at: datetime
    lapses_at: datetime | None = Field(description="When a request is over that nobody decided on.")
    decided_by: str | None
    decided_at: datetime | None


class AdjustmentQuery(Schema):
    """What a list of adjustments is narrowed to."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Text | None = Field(None, max_length=64)
    card: Identifier | None = None


def _out(adjustment: Adjustment, at: datetime) -> dict[str, Any]:
    return {
        "id": adjustment.public_id,
        "card": public_id(Card.PREFIX, adjustment.card_id),
        "change_minor": adjustment.change_minor,
        "currency": adjustment.currency,
        "source": adjustment.source,
        "reason": adjustment.reason,
        "status": adjustment.state_at(at),
        "requested_by": adjustment.requested_by,
        "requested_at": adjustment.requested_at,
        "lapses_at": adjustment.lapses_at,
        "decided_by": adjustment.decided_by or None,
        "decided_at": adjustment.decided_at,
    }


@endpoint(
    router, "POST", "/cards/{card_id}/adjustments", needs=ApiScope.CARDS_ADJUST, answers=AdjustmentOut,
    status=201, problems=(402, 404, 409), keyed=True,
)  # fmt: skip
def adjust(request: ApiRequest, card_id: str, body: AdjustmentIn, response: HttpResponse) -> Status:
    """Correct what is on a card. A little is applied at once; more is answered with status `requested`.

    A key may change 50 of the currency in a day alone (5,000 where it has no decimals). More, and whatever
    takes paid value off a card, waits seven days for a person at the console who did not make the key.
    """
    at = now()
    done = adjust_card(
        merchant_id=request.merchant_id,
        card_id=parse_id(Card.PREFIX, card_id),
        change=Money(body.change_minor, body.currency),
        reason=body.reason,
        key=request.idempotency_key,
        actor=request.actor,
        now=at,
    )
    return effect(response, _out(done.adjustment, at), replayed=done.is_replay)


@endpoint(
    router, "GET", "/adjustments", needs=ApiScope.CARDS_READ, answers=ListOut[AdjustmentOut], problems=(404,)
)
def list_adjustments(request: ApiRequest, query: Query[AdjustmentQuery]) -> Any:
    """The merchant's adjustments, newest first; with `card`, of that card alone."""
    wanted, at = adjustments_of(request.merchant_id), now()
    if query.card:
        wanted = wanted.filter(card_id=parse_id(Card.PREFIX, query.card))
    with reading():
        page = page_of(wanted, cursor=query.cursor, limit=query.limit, at="requested_at")
    return {"data": [_out(one, at) for one in page.rows], "next_cursor": page.next_cursor or None}
