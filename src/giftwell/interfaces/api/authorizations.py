"""Authorizations: value of a card set aside, captured in one or several parts, raised, or let go.

The same functions, the same keys and the same answers as under `/v1/pos`, which is faster.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictBool, StrictInt

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.authorize import LONGEST_SECONDS, authorize
from giftwell.domain.redemption.capture import capture
from giftwell.domain.redemption.models import Authorization, Redemption
from giftwell.domain.redemption.queries import Held, authorizations_of, find_authorization, holds_of
from giftwell.domain.redemption.reauthorize import reauthorize
from giftwell.domain.redemption.void import void
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.answers import effect, request_id_of
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.redemptions import CardRef, RedemptionIn, card_ref
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Identifier, ListOut, PositiveMinor, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.paging import DEFAULT_LIMIT, MAX_LIMIT, page_of
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import MAX_MINOR, Money

router = Router()
_LIFETIME = Field(LONGEST_SECONDS, ge=1, le=LONGEST_SECONDS, description="From now; at most seven days.")


class AuthorizationIn(RedemptionIn):
    """Hold an amount on a card."""

    expires_in_seconds: StrictInt = _LIFETIME


class CaptureIn(Body):
    """What to take; everything that is still held where no amount is given."""

    amount_minor: PositiveMinor | None = None
    tip_minor: StrictInt = Field(
        0, ge=0, le=MAX_MINOR,
        description="On top of the amount; all tips of an authorization are at most 30 % of it.",
    )  # fmt: skip
    final: StrictBool = Field(True, description="The last capture releases the rest.")


class ReauthorizationIn(Body):
    """What to hold instead; what is still held where no amount is given."""

    amount_minor: PositiveMinor | None = None
    expires_in_seconds: StrictInt = _LIFETIME


class VoidIn(Body):
    """Nothing has to be said."""


class HeldOut(Schema):
    """A hold as it was placed. `due_minor` is what was asked for and could not be held."""

    id: str = Field(examples=["auth_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    replaces: str | None
    held_minor: int
    due_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef
    expires_at: datetime


class CapturedOut(Schema):
    """The redemption that a capture made. The tip is part of its amount."""

    id: str = Field(examples=["red_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    authorization: str
    amount_minor: int
    tip_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef


class VoidedOut(Schema):
    """A hold as it was let go."""

    id: str
    released_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef


class AuthorizationOut(Schema):
    """An authorization as it stands. `held_minor` is what can still be captured."""

    id: str
    card: str
    amount_minor: int
    captured_minor: int
    held_minor: int
    currency: str
    state: str = Field(examples=["live"], description="live, captured, voided or lapsed.")
    location: str | None
    reference: str
    replaces: str | None
    authorized_at: datetime
    expires_at: datetime


class AuthorizationQuery(Schema):
    """What a list of authorizations is narrowed to."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Text | None = Field(None, max_length=64)
    card: Identifier | None = None


def _out(one: Authorization, held: Held) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "card": public_id(Card.PREFIX, one.card_id),
        "amount_minor": one.amount_minor,
        "captured_minor": held.captured_minor,
        "held_minor": held.held_minor,
        "currency": one.currency,
        "state": held.state,
        "location": public_id(Location.PREFIX, one.location_id) if one.location_id else None,
        "reference": one.reference,
        "replaces": public_id(Authorization.PREFIX, one.replaces_id) if one.replaces_id else None,
        "authorized_at": one.authorized_at,
        "expires_at": one.expires_at,
    }


def _post(path: str, answers: Any, problems: tuple[int, ...], status: int = 200) -> Callable[..., Any]:
    return endpoint(
        router, "POST", path, needs=ApiScope.POS, answers=answers, status=status, problems=problems,
        keyed=True,
    )  # fmt: skip


@_post("/authorizations", HeldOut, (402, 404, 409), 201)
def create(request: ApiRequest, body: AuthorizationIn, response: HttpResponse) -> Status:
    """Hold an amount on a card, to capture it later."""
    answer = authorize(
        code=body.code,
        amount=Money(body.amount_minor, body.currency),
        location_id=parse_id(Location.PREFIX, body.location) if body.location else None,
        reference=body.reference,
        allow_partial=body.allow_partial,
        expires_in_seconds=body.expires_in_seconds,
        **_common(request),
    )
    return _placed(response, answer, body.amount_minor - answer.amount.amount_minor, None)


@_post("/authorizations/{authorization_id}/reauthorize", HeldOut, (402, 404, 409), 201)
def replace(
    request: ApiRequest, authorization_id: str, body: ReauthorizationIn, response: HttpResponse
) -> Status:
    """Put another authorization in the place of a live one; where that is not possible, it stays."""
    answer = reauthorize(
        authorization_id=parse_id(Authorization.PREFIX, authorization_id),
        amount_minor=body.amount_minor,
        expires_in_seconds=body.expires_in_seconds,
        **_common(request),
    )
    return _placed(response, answer, 0, answer.of_id)


@_post("/authorizations/{authorization_id}/capture", CapturedOut, (402, 404, 409))
def take(request: ApiRequest, authorization_id: str, body: CaptureIn, response: HttpResponse) -> Status:
    """Spend what is held, all of it or a part, and a tip; the last capture releases the rest."""
    answer = capture(
        authorization_id=parse_id(Authorization.PREFIX, authorization_id),
        amount_minor=body.amount_minor,
        tip_minor=body.tip_minor,
        final=body.final,
        **_common(request),
    )
    told = {
        "id": public_id(Redemption.PREFIX, answer.id),
        "authorization": authorization_id,
        "amount_minor": answer.amount.amount_minor,
        "tip_minor": body.tip_minor,
        **_after(answer),
    }
    return effect(response, told, replayed=answer.replayed, status=200)


@_post("/authorizations/{authorization_id}/void", VoidedOut, (404, 409))
def let_go(request: ApiRequest, authorization_id: str, body: VoidIn, response: HttpResponse) -> Status:
    """Let go what is still held."""
    answer = void(authorization_id=parse_id(Authorization.PREFIX, authorization_id), **_common(request))
    told = {"id": authorization_id, "released_minor": answer.amount.amount_minor, **_after(answer)}
    return effect(response, told, replayed=answer.replayed, status=200)


def _common(request: ApiRequest) -> dict[str, Any]:
    return {
        "merchant_id": request.merchant_id, "key": request.idempotency_key,
        "request_id": request_id_of(request), "actor": request.actor, "now": now(),
    }  # fmt: skip


def _after(answer: Any) -> dict[str, Any]:
    return {
        "balance_minor": answer.balance.amount_minor, "available_minor": answer.available.amount_minor,
        "currency": answer.amount.currency, "card": card_ref(answer),
    }  # fmt: skip


def _placed(response: HttpResponse, answer: Any, due_minor: int, replaced: Any) -> Status:
    told = {
        "id": public_id(Authorization.PREFIX, answer.id),
        "replaces": public_id(Authorization.PREFIX, replaced) if replaced else None,
        "held_minor": answer.amount.amount_minor,
        "due_minor": due_minor,
        "expires_at": answer.expires_at,
        **_after(answer),
    }
    return effect(response, told, replayed=answer.replayed)


@endpoint(
    router, "GET", "/authorizations", needs=ApiScope.REDEMPTIONS_READ, answers=ListOut[AuthorizationOut],
    problems=(404,),
)  # fmt: skip
def list_authorizations(request: ApiRequest, query: Query[AuthorizationQuery]) -> Any:
    """The merchant's authorizations, newest first."""
    rows = authorizations_of(request.merchant_id)
    if query.card:
        rows = rows.filter(card_id=parse_id(Card.PREFIX, query.card))
    with reading():
        page = page_of(rows, cursor=query.cursor, limit=query.limit, at="authorized_at")
        held = holds_of(page.rows, now=now())
    return {
        "data": [_out(one, held[one.id]) for one in page.rows], "next_cursor": page.next_cursor or None,
    }  # fmt: skip


@endpoint(
    router, "GET", "/authorizations/{authorization_id}", needs=ApiScope.REDEMPTIONS_READ,
    answers=AuthorizationOut, problems=(404,),
)  # fmt: skip
def get_authorization(request: ApiRequest, authorization_id: str) -> Any:
    """One authorization, as it stands now."""
    with reading():
        one = find_authorization(request.merchant_id, parse_id(Authorization.PREFIX, authorization_id))
        return _out(one, holds_of([one], now=now())[one.id])
