"""Reversals: for an answer that never came."""

from datetime import datetime
from typing import Literal

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.operations import RESOURCES
from giftwell.domain.redemption.reverse import reverse
from giftwell.interfaces.api.answers import effect, request_id_of
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.redemptions import CardRef
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.entrance import idempotency_key
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id

router = Router()


class ReversalIn(Body):
    """The key whose effect is undone."""

    idempotency_key: Text = Field(min_length=1, max_length=255, examples=["till-7/4411"])


class ReversalOut(Schema):
    """What became of the key. `undone`: `id` is what it had made, the figures are the card's after.
    `prevented`: it had done nothing, and its late request will be refused.
    """

    outcome: Literal["undone", "prevented"]
    operation: str | None = Field(examples=["redeem"])
    id: str | None = Field(examples=["red_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    amount_minor: int | None
    balance_minor: int | None
    available_minor: int | None
    currency: str | None
    card: CardRef | None
    reversed_at: datetime


@endpoint(
    router, "POST", "/reversals", needs=ApiScope.POS, answers=ReversalOut, problems=(402, 404, 409)
)  # fmt: skip
def create(request: ApiRequest, body: ReversalIn, response: HttpResponse) -> Status:
    """Undo what a key of the last 24 hours did, or make sure that it never does anything.

    Of redemptions, authorizations, captures, refunds and loads. Safe to repeat as it is; it needs no
    Idempotency-Key of its own.
    """
    answer = reverse(
        merchant_id=request.merchant_id,
        key=idempotency_key(body.idempotency_key),
        request_id=request_id_of(request),
        actor=request.actor,
        now=now(),
    )
    told = {
        "outcome": "undone" if answer.operation else "prevented",
        "operation": answer.operation,
        "id": public_id(RESOURCES[answer.operation], answer.id) if answer.operation and answer.id else None,
        "amount_minor": answer.amount.amount_minor if answer.amount else None,
        "balance_minor": answer.balance.amount_minor if answer.balance else None,
        "available_minor": answer.available.amount_minor if answer.available else None,
        "currency": answer.amount.currency if answer.amount else None,
        "card": {"id": public_id(Card.PREFIX, answer.card_id), "last4": answer.last4}
        if answer.card_id
        else None,
        "reversed_at": answer.at,
    }
    return effect(response, told, replayed=answer.replayed, status=200)
