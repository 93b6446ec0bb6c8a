"""Value that moves between cards: transfers, merges, splits, and the replacement of a lost card.

No answer holds a code: who may see a new card's code asks for it by `POST /v1/cards/{id}/code`.
"""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field, create_model

from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.moving import Moved
from giftwell.domain.cards.replace_card import replace_card
from giftwell.domain.cards.split_card import MOST_PARTS, Split, split_card
from giftwell.domain.cards.transfer_value import transfer_value
from giftwell.interfaces.api.answers import effect
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Currency, Identifier, PositiveMinor
from giftwell.interfaces.common.access import ApiScope
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import Money

router = Router()


class PairIn(Body):
    """From which card to which."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    source: Identifier = Field(alias="from", examples=["card_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    to: Identifier = Field(examples=["card_06f3v9q1d8h2k7m4n5p6r8s9t1"])


class TransferIn(PairIn):
    """How much moves from which card to which."""

    amount_minor: PositiveMinor
    currency: Currency


# Made by a call, because `from` cannot be an attribute in a class body; an alias would not be written out.
MovedOut = create_model(
    "MovedOut",
    __base__=Schema,
    __doc__="What moved, and what each card had after it.",
    id=(str, Field(examples=["post_06f3v9q1d8h2k7m4n5p6r8s9t0"])),
    **{"from": (str, ...)},
    to=(str, ...),
    amount_minor=(int, ...),
    currency=(str, ...),
    from_balance_minor=(int, ...),
    to_balance_minor=(int, ...),
    moved_at=(datetime, ...),
)  # type: ignore[call-overload]  # mypy does not see through the splat


class SplitIn(Body):
    """The amounts of the parts, each of which becomes a card."""

    card: Identifier
    amounts_minor: list[PositiveMinor] = Field(min_length=1, max_length=MOST_PARTS, examples=[[2500, 1500]])
    currency: Currency


class PartOut(Schema):
    """A new card, and what was put on it."""

    id: str
    last4: str
    amount_minor: int


class SplitOut(Schema):
    """The new cards, in the order of the amounts, and what stayed on the card."""

    card: str
    cards: list[PartOut]
    balance_minor: int
    currency: str


def _moved(response: HttpResponse, moved: Moved) -> Status:
    told: dict[str, Any] = {
        "id": moved.public_id,
        "from": public_id(Card.PREFIX, moved.source_id),
        "to": public_id(Card.PREFIX, moved.target_id),
        "amount_minor": moved.amount.amount_minor,
        "currency": moved.amount.currency,
        "from_balance_minor": moved.source_balance.amount_minor,
        "to_balance_minor": moved.target_balance.amount_minor,
        "moved_at": moved.at,
    }
    return effect(response, told, replayed=moved.is_replay)


@endpoint(
    router, "POST", "/transfers", needs=ApiScope.CARDS_WRITE, answers=MovedOut, status=201,
    problems=(402, 404, 409), keyed=True,
)  # fmt: skip
def transfer(request: ApiRequest, body: TransferIn, response: HttpResponse) -> Status:
    """Move part of a card's value onto another card of the same currency and funding.

    The card that receives is valid until the later of the two ends.
    """
    moved = transfer_value(
        merchant_id=request.merchant_id,
        source_id=parse_id(Card.PREFIX, body.source),
        target_id=parse_id(Card.PREFIX, body.to),
        amount=Money(body.amount_minor, body.currency),
        key=request.idempotency_key,
        actor=request.actor,
        now=now(),
    )
    return _moved(response, moved)


@endpoint(
    router, "POST", "/merges", needs=ApiScope.CARDS_WRITE, answers=MovedOut, status=201,
    problems=(404, 409), keyed=True,
)  # fmt: skip
def merge(request: ApiRequest, body: PairIn, response: HttpResponse) -> Status:
    """Move all of a card's value onto another card and close it as `merged`."""
    moved = merge_cards(
        merchant_id=request.merchant_id,
        source_id=parse_id(Card.PREFIX, body.source),
        target_id=parse_id(Card.PREFIX, body.to),
        key=request.idempotency_key,
        actor=request.actor,
        now=now(),
    )
    return _moved(response, moved)


@endpoint(
    router, "POST", "/splits", needs=ApiScope.CARDS_WRITE, answers=SplitOut, status=201,
    problems=(402, 404, 409), keyed=True,
)  # fmt: skip
def split(request: ApiRequest, body: SplitIn, response: HttpResponse) -> Status:
    """Divide a card: each amount becomes a card with a code of its own; what is left stays.

    A card that is left with nothing is closed as `split`.
    """
    done = split_card(
        merchant_id=request.merchant_id,
        card_id=parse_id(Card.PREFIX, body.card),
        amounts_minor=body.amounts_minor,
        currency=body.currency,
        key=request.idempotency_key,
        actor=request.actor,
        now=now(),
    )
    return effect(response, _split(done), replayed=done.is_replay)


def _split(done: Split) -> dict[str, Any]:
    return {
        "card": public_id(Card.PREFIX, done.source_id),
        "cards": [
            {
                "id": part.card.public_id,
                "last4": part.card.last4,
                "amount_minor": part.moved.amount.amount_minor,
            }
            for part in done.parts
        ],
        "balance_minor": done.left.amount_minor,
        "currency": done.left.currency,
    }


@endpoint(
    router, "POST", "/cards/{card_id}/replacement", needs=ApiScope.CARDS_WRITE, answers=MovedOut, status=201,
    problems=(404, 409), keyed=True,
)  # fmt: skip
def replace(request: ApiRequest, card_id: str, response: HttpResponse) -> Status:
    """Replace a lost card: its code is dead at once, and a new card (`to`) carries the whole balance on."""
    moved = replace_card(
        merchant_id=request.merchant_id,
        card_id=parse_id(Card.PREFIX, card_id),
        key=request.idempotency_key,
        actor=request.actor,
        now=now(),
    )
    return _moved(response, moved)
