"""What is a person's own: who they are, where they work, and the cards in their wallet."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from giftwell.domain.cards.models import Card, CloseReason
from giftwell.domain.cards.queries import balance_of, shown_state, with_balance
from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.endpoints import PERSON, endpoint
from giftwell.interfaces.api.products import PageQuery
from giftwell.interfaces.api.requests import PersonRequest
from giftwell.interfaces.api.shapes import AmountOut, ListOut
from giftwell.interfaces.common.paging import page_of
from giftwell.kit.clock import now
from giftwell.kit.money import Money

router = Router()
# What ended because its value went to other cards is told by those.
_GONE_ON = (CloseReason.REPLACED, CloseReason.MERGED, CloseReason.SPLIT)


class WorkplaceOut(Schema):
    """A shop where this person works."""

    address: str = Field(description="What to name in Giftwell-Merchant.", examples=["cafe-lumen"])
    name: str
    is_sandbox: bool
    role: str = Field(description="`custom` for a role of the shop's own.", examples=["manager"])


class MeOut(Schema):
    """Who holds this token."""

    id: str = Field(examples=["usr_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    email: str
    name: str
    second_factor: bool = Field(description="Whether this sign-in showed one.")
    workplaces: list[WorkplaceOut]


class HeldCardOut(Schema):
    """A card in the wallet, without its code."""

    id: str = Field(examples=["card_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    merchant: str
    state: str
    last4: str
    balance: AmountOut
    expires_at: datetime | None


@endpoint(router, "GET", "/me", needs=PERSON, answers=MeOut)
def me(request: PersonRequest) -> dict[str, Any]:
    """Who you are, and where you work."""
    person = request.person
    return {
        "id": person.public_id,
        "email": person.email,
        "name": person.name,
        "second_factor": request.family.has_second_factor,
        "workplaces": [
            {"address": one.slug, "name": one.name, "is_sandbox": one.is_sandbox, "role": one.role}
            for one in find_memberships(person.pk)
        ],
    }


@endpoint(router, "GET", "/me/cards", needs=PERSON, answers=ListOut[HeldCardOut])
def my_cards(request: PersonRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """The cards in your wallet, newest first."""
    with reading():
        mine = Card.objects.filter(holder_id=request.person.pk).exclude(close_reason__in=_GONE_ON)
        page = page_of(
            mine.select_related("merchant"), cursor=query.cursor, limit=query.limit, at="issued_at"
        )
    balances = _balances(request.person.pk, page.rows)
    return {
        "data": [_told(card, balances[card.id]) for card in page.rows],
        "next_cursor": page.next_cursor or None,
    }


def _balances(person_id: UUID, cards: Iterable[Card]) -> dict[UUID, Money]:
    """What each holds, read in its merchant's scope: balances are in the merchants' books."""
    by_merchant: dict[UUID, list[UUID]] = defaultdict(list)
    for card in cards:
        by_merchant[card.merchant_id].append(card.id)
    balances: dict[UUID, Money] = {}
    for merchant_id, ids in by_merchant.items():
        with scope.merchant(merchant_id), reading():
            own = Card.objects.filter(merchant_id=merchant_id, holder_id=person_id, id__in=ids)
            balances |= {card.id: balance_of(card) for card in with_balance(own)}
    return balances


def _told(card: Card, balance: Money) -> dict[str, Any]:
    return {
        "id": card.public_id,
        "merchant": card.merchant.name,
        "state": shown_state(card, balance.amount_minor, now()),
        "last4": card.last4,
        "balance": {"amount_minor": balance.amount_minor, "currency": balance.currency},
        "expires_at": card.expires_at,
    }
