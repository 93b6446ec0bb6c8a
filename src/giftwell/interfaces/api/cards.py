"""Cards: issue, list, read, freeze, close, and the code for whoever may see it."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from giftwell.domain.bulk.models import Batch
from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.issue_cards import issue_cards
from giftwell.domain.cards.models import Card, CloseReason, FreezeReason
from giftwell.domain.cards.queries import CardFilter, cards_of, find_card
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.cards.unfreeze_card import unfreeze_card
from giftwell.domain.catalog.find_design import find_design
from giftwell.domain.catalog.find_program import find_program
from giftwell.domain.catalog.models import Design, Program
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.answers import effect
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Amount, AmountOut, Body, Identifier, ListOut, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.paging import DEFAULT_LIMIT, MAX_LIMIT, page_of
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import CurrencyMismatch

router = Router()


class CardOut(Schema):
    """A card, without its code."""

    id: str = Field(examples=["card_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    status: Literal["pending", "active", "frozen", "closed"]
    close_reason: str | None
    program: str
    product: str | None
    last4: str | None = Field(description="The only part of the code that is ever shown here.")
    face_value: AmountOut
    balance: AmountOut
    available: AmountOut = Field(description="The balance less what is authorized.")
    expires_at: datetime | None
    issued_at: datetime
    activated_at: datetime | None
    replaces: str | None = Field(description="The lost card whose value this one carries on.")
    split_from: str | None = Field(description="The card that this one is a part of.")


class IssuedCardOut(CardOut):
    """A card with its code."""

    code: str = Field(
        description="Show it to the holder and keep it nowhere.", examples=["7K4M-XQ2D-9FHT-3WNPV"]
    )


class CodeOut(Schema):
    """A code."""

    code: str = Field(examples=["7K4M-XQ2D-9FHT-3WNPV"])


class IssueIn(Body):
    """A card to be given away or owed by the merchant itself; sold cards come of orders."""

    program: Identifier
    value: Amount
    design: Identifier | None = None


class ClosureIn(Body):
    """Why the card ends."""

    reason: Literal["cancelled", "fraud"] = "cancelled"


class CardQuery(Schema):
    """What a list of cards is narrowed to."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Text | None = Field(None, max_length=64)
    status: Literal["pending", "active", "frozen", "closed"] | None = None
    last4: Text | None = Field(None, min_length=4, max_length=4)
    program: Identifier | None = None
    batch: Identifier | None = None


def card_out(card: Card) -> dict[str, Any]:
    """A card as the API tells it; it must have been read with its balance."""
    balance: int = card.balance_minor  # type: ignore[attr-defined]  # annotated by the query
    held: int = card.held_minor  # type: ignore[attr-defined]
    return {
        "id": card.public_id,
        "status": card.status,
        "close_reason": card.close_reason or None,
        "program": public_id(Program.PREFIX, card.program_id),
        "product": public_id("prod", card.product_id) if card.product_id else None,
        "last4": card.last4 or None,
        "face_value": {"amount_minor": card.face_value_minor, "currency": card.currency},
        "balance": {"amount_minor": balance, "currency": card.currency},
        "available": {"amount_minor": balance - held, "currency": card.currency},
        "expires_at": card.expires_at,
        "issued_at": card.issued_at,
        "activated_at": card.activated_at,
        "replaces": public_id(Card.PREFIX, card.replaces_id) if card.replaces_id else None,
        "split_from": public_id(Card.PREFIX, card.split_from_id) if card.split_from_id else None,
    }


def _read(request: ApiRequest, card_id: str) -> dict[str, Any]:
    with reading():
        return card_out(find_card(request.merchant_id, parse_id(Card.PREFIX, card_id)))


@endpoint(router, "GET", "/cards", needs=ApiScope.CARDS_READ, answers=ListOut[CardOut], problems=(404,))
def list_cards(request: ApiRequest, query: Query[CardQuery]) -> Any:
    """The merchant's cards, newest first. The last four characters of a code are compared whole."""
    wanted = CardFilter(
        status=query.status,
        last4=query.last4,
        program_id=parse_id(Program.PREFIX, query.program) if query.program else None,
        batch_id=parse_id(Batch.PREFIX, query.batch) if query.batch else None,
    )
    with reading():
        page = page_of(
            cards_of(request.merchant_id, wanted), cursor=query.cursor, limit=query.limit, at="issued_at"
        )
    return {"data": [card_out(card) for card in page.rows], "next_cursor": page.next_cursor or None}


@endpoint(
    router,
    "POST",
    "/cards",
    needs=ApiScope.CARDS_WRITE,
    answers=IssuedCardOut,
    status=201,
    problems=(404, 409),
    keyed=True,
)
def issue_card(request: ApiRequest, body: IssueIn, response: HttpResponse) -> Status:
    """Issue an active card of a promotional or direct program, without a payment.

    Sold cards (escrow) are refused with `program_needs_payment`: place an order for those.
    """
    at = now()
    with reading():
        program = find_program(request.merchant_id, parse_id(Program.PREFIX, body.program))
        design = _find_design(request, body.design)
    if body.value.currency != program.currency:
        raise CurrencyMismatch(errors={"value.currency": f"Cards of this program are in {program.currency}."})
    batch = issue_cards(
        program=program,
        value_minor=body.value.amount_minor,
        design=design,
        key=request.idempotency_key,
        actor=request.actor,
        now=at,
    )
    code = reveal_code(
        merchant_id=request.merchant_id, card_id=batch.cards[0].id, actor=request.actor, now=at
    )
    answer = {**_read(request, batch.cards[0].public_id), "code": display(code)}
    return effect(response, answer, replayed=batch.replayed)


def _find_design(request: ApiRequest, design: str | None) -> Design | None:
    return find_design(request.merchant_id, parse_id(Design.PREFIX, design)) if design else None


@endpoint(router, "GET", "/cards/{card_id}", needs=ApiScope.CARDS_READ, answers=CardOut, problems=(404,))
def get_card(request: ApiRequest, card_id: str, response: HttpResponse) -> Any:
    """One card with its balance."""
    response["Cache-Control"] = "no-store"
    return _read(request, card_id)


@endpoint(
    router, "POST", "/cards/{card_id}/code", needs=ApiScope.CARDS_WRITE, answers=CodeOut, problems=(404, 409)
)
def reveal(request: ApiRequest, card_id: str, response: HttpResponse) -> Any:
    """The card's code. Each look is audited."""
    response["Cache-Control"] = "no-store"
    code = reveal_code(
        merchant_id=request.merchant_id,
        card_id=parse_id(Card.PREFIX, card_id),
        actor=request.actor,
        now=now(),
    )
    return {"code": display(code)}


@endpoint(
    router, "PUT", "/cards/{card_id}/freeze", needs=ApiScope.CARDS_WRITE, answers=CardOut, problems=(404, 409)
)
def freeze(request: ApiRequest, card_id: str) -> Any:
    """Freeze the card: nothing can be spent from it until the freeze is deleted."""
    _freezing(freeze_card, request, card_id)
    return _read(request, card_id)


@endpoint(
    router,
    "DELETE",
    "/cards/{card_id}/freeze",
    needs=ApiScope.CARDS_WRITE,
    answers=CardOut,
    problems=(404, 409, 422),
)
def unfreeze(request: ApiRequest, card_id: str) -> Any:
    """Take the merchant's own freeze back; a freeze by the holder, by risk or by a dispute stays."""
    _freezing(unfreeze_card, request, card_id)
    return _read(request, card_id)


def _freezing(verb: Any, request: ApiRequest, card_id: str) -> None:
    verb(
        merchant_id=request.merchant_id,
        card_id=parse_id(Card.PREFIX, card_id),
        reason=FreezeReason.MERCHANT,
        actor=request.actor,
        now=now(),
    )


@endpoint(
    router,
    "PUT",
    "/cards/{card_id}/closure",
    needs=ApiScope.CARDS_WRITE,
    answers=CardOut,
    problems=(404, 409),
)
def close(request: ApiRequest, card_id: str, body: ClosureIn) -> Any:
    """Close the card for good. A sold card with a balance is refunded through its order first."""
    close_card(
        merchant_id=request.merchant_id,
        card_id=parse_id(Card.PREFIX, card_id),
        reason=CloseReason(body.reason),
        actor=request.actor,
        now=now(),
    )
    return _read(request, card_id)
