"""Redemptions: what was spent, where and by whom; and one of them with what became of it since."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.models import Redemption, Refund
from giftwell.domain.redemption.queries import can_reverse, find_redemption, redemptions_of, refunds_of
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.actors import actor_names
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.errors import id_or_404
from giftwell.interfaces.console.paged import shown_page
from giftwell.interfaces.console.people import place_names
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.ids import UnknownId, parse_id, public_id
from giftwell.kit.money import Money


@merchant_page(Permission.CARDS_VIEW)
def redemptions(request: PageRequest, slug: str) -> HttpResponse:
    """The merchant's redemptions, newest first, at one place or at all."""
    location = request.GET.get("location", "")
    with reading():
        found = redemptions_of(request.merchant.id)
        if location:
            place = _location(location)
            found = found.filter(location_id=place) if place else found.none()
        page = shown_page(request, found, at="redeemed_at")
        cards = Card.objects.filter(merchant=request.merchant).in_bulk([one.card_id for one in page.rows])
        places = place_names(request.merchant.id)
    names = actor_names(one.actor for one in page.rows)
    context = {
        "rows": [
            {"row": one, "card": cards[one.card_id], "by": names[one.actor], "taken": taken_by(one),
             "back": Money(one.refunded_minor, one.currency),
             "place": places.get(one.location_id, "")}
            for one in page.rows
        ],
        "page": page, "location": location,
        "places": [(public_id(Location.PREFIX, key), name) for key, name in places.items() if key],
    }  # fmt: skip
    return show(request, "console/redemptions/list.html", "redemptions", **context)


@merchant_page(Permission.CARDS_VIEW)
def redemption(request: PageRequest, slug: str, redemption_id: str) -> HttpResponse:
    """One redemption: what it took, with its tip; what was given back of it; whether it was undone."""
    merchant_id, at = request.merchant.id, now()
    with reading():
        found = find_redemption(merchant_id, id_or_404(Redemption.PREFIX, redemption_id))
        refunds = list(refunds_of(merchant_id).filter(redemption_id=found.id))
        ids = {found.card_id, *(one.card_id for one in refunds)}
        cards = Card.objects.filter(merchant=request.merchant).in_bulk(ids)
        places = place_names(merchant_id)
    names = actor_names([found.actor, *(one.actor for one in refunds)])
    context = {
        "redemption": found, "card": cards[found.card_id], "by": names[found.actor],
        "where": places.get(found.location_id, ""), "taken": taken_by(found),
        "tip": Money(found.tip_minor, found.currency),
        "commission": Money(found.commission_minor, found.currency),
        "left": Money(found.refundable_minor, found.currency),
        "authorization": public_id("auth", found.authorization_id) if found.authorization_id else "",
        "can_reverse": can_reverse(found, now=at),
        "refunds": [_refund_row(one, cards[one.card_id], names[one.actor], found) for one in refunds],
        "undoable": {one.id for one in refunds if can_reverse(one, now=at)},
    }  # fmt: skip
    return show(request, "console/redemptions/detail.html", "redemptions", **context)


def _refund_row(row: Refund, card: Card, by: str, of: Redemption) -> dict[str, Any]:
    return {
        "row": row, "card": card, "by": by, "amount": Money(row.amount_minor, row.currency),
        "is_elsewhere": row.card_id != of.card_id,
    }  # fmt: skip


def taken_by(row: Redemption) -> Money:
    """What the redemption took."""
    return Money(row.amount_minor, row.currency)


def _location(text: str) -> UUID | None:
    try:
        return parse_id(Location.PREFIX, text)
    except UnknownId:
        return None
