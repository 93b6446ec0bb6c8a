"""The end of a card's validity, and the way back from it."""

from datetime import date
from typing import Any

from ninja import Router
from pydantic import Field

from giftwell.domain.cards.expire_cards import expire_card
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import find_card
from giftwell.domain.cards.reinstate_card import reinstate_card
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.cards import CardOut, card_out
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body
from giftwell.interfaces.common.access import ApiScope
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id

router = Router()


class ReinstatementIn(Body):
    """Until when the card is valid again."""

    last_day: date | None = Field(
        None,
        description="Where the merchant is; null is as long as a card that begins now.",
        examples=["2040-05-31"],
    )


@endpoint(
    router, "PUT", "/cards/{card_id}/expiry", needs=ApiScope.CARDS_WRITE, answers=CardOut, problems=(404, 409)
)
def expire(request: ApiRequest, card_id: str) -> Any:
    """Expire a card whose validity is over, now instead of at the next sweep; what is left on it leaves it.

    Refused with `card_is_not_due` before its end, and with `card_has_holds` while a till may still capture.
    """
    expire_card(
        merchant_id=request.merchant_id,
        card_id=parse_id(Card.PREFIX, card_id),
        actor=request.actor,
        now=now(),
    )
    return _read(request, card_id)


@endpoint(
    router, "PUT", "/cards/{card_id}/reinstatement", needs=ApiScope.CARDS_WRITE, answers=CardOut,
    problems=(404, 409),
)  # fmt: skip
def reinstate(request: ApiRequest, card_id: str, body: ReinstatementIn) -> Any:
    """Open an expired card again with what it had. One that is open again is answered as it is."""
    reinstate_card(
        merchant_id=request.merchant_id,
        card_id=parse_id(Card.PREFIX, card_id),
        last_day=body.last_day,
        actor=request.actor,
        now=now(),
    )
    return _read(request, card_id)


def _read(request: ApiRequest, card_id: str) -> dict[str, Any]:
    with reading():
        return card_out(find_card(request.merchant_id, parse_id(Card.PREFIX, card_id)))
