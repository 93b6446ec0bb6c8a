"""Amounts that are set aside on cards at this place: placed, listed, and one with what was captured of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.models import Authorization, Redemption
from giftwell.domain.redemption.queries import Held, authorizations_of, holds_of, redemptions_of
from giftwell.domain.redemption.refusals import KeyConflict
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.common.templatetags.words import money_text, reader_locale
from giftwell.interfaces.till import amounts
from giftwell.interfaces.till.forms import HoldForm, fields_of
from giftwell.interfaces.till.held import held_code, put_away
from giftwell.interfaces.till.keys import new_key, sent_key
from giftwell.interfaces.till.place import CounterRequest, at_the_counter
from giftwell.interfaces.till.readings import MOST_SHOWN, card_face, face_of, id_or_404
from giftwell.interfaces.till.shown import show
from giftwell.interfaces.till.taking import scan_again
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money

LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SetAside:
    """An authorization, its card, what became of it, and the redemptions that captured of it."""

    row: Authorization
    card: Card
    state: Held
    captures: list[Redemption]

    @property
    def held(self) -> Money:
        """What can still be captured."""
        return Money(self.state.held_minor, self.row.currency)

    @property
    def placed(self) -> Money:
        """What was set aside at first."""
        return Money(self.row.amount_minor, self.row.currency)


@at_the_counter(Permission.TILL_REDEEM)
def holds(request: CounterRequest, slug: str) -> HttpResponse:
    """What is set aside at this place now, newest first."""
    at = now()
    with reading():
        placed = authorizations_of(request.merchant.id).filter(
            location_id=request.counter.location.id, authorized_at__gt=at - LONGEST
        )
        rows = list(placed[:MOST_SHOWN])
        states = holds_of(rows, now=at)
        live = [row for row in rows if states[row.id].state == "live"]
        cards = Card.objects.filter(merchant=request.merchant).in_bulk([row.card_id for row in live])
    shown = [SetAside(row, cards[row.card_id], states[row.id], []) for row in live]
    return show(request, "till/holds.html", rows=shown)


@at_the_counter(Permission.TILL_REDEEM)
def hold(request: CounterRequest, slug: str, card_id: str) -> HttpResponse:
    """Ask for how long, and set an amount of the card aside."""
    identity = id_or_404(Card.PREFIX, card_id)
    code = held_code(request, identity, now=now())
    if code is None:
        return scan_again(request)
    card = card_face(request.merchant, identity)
    if request.method == "POST":
        return _place(request, card, code)
    return _page(request, card, first=amounts.whole(request.GET.get("amount", "")) or 0)


def _page(request: CounterRequest, card: Card, *, first: int, key: str = "", error: str = "") -> HttpResponse:
    pattern, theme = face_of(card)
    context = {
        "card": card, "first": Money(first, card.currency), "key": key or new_key(request), "error": error,
        "pattern": pattern, "theme": theme, "locale": reader_locale().replace("_", "-"),
        "word": _("Set %(amount)s aside") % {"amount": "%"}, "spans": spans(),
    }  # fmt: skip
    return show(request, "till/hold.html", **context)


def _place(request: CounterRequest, card: Card, code: str) -> HttpResponse:
    fields = fields_of(HoldForm, request.POST)
    key = sent_key(request, fields["key"])
    try:
        amount = Money(amounts.read(fields, card.currency), card.currency)
        answer = authorize(
            merchant_id=request.merchant.id,
            code=code,
            amount=amount,
            key=key,
            expires_in_seconds=hours_of(fields) * 3600,
            location_id=request.counter.location.id,
            request_id=request_id_of(request),
            actor=request.actor,
            now=now(),
        )
    except KeyConflict:
        messages.warning(request, _("This page was sent before. Nothing more was set aside."))
        return redirect("till:holds", request.merchant.slug)
    except DomainError as error:
        first = amounts.whole(fields["amount_minor"]) or 0
        return _page(request, card, first=first, key=key, error=error.detail)
    put_away(request, card.id)
    told = {"amount": money_text(answer.amount), "last4": card.last4}
    messages.success(request, _("%(amount)s of card %(last4)s is set aside.") % told)
    return redirect("till:held", request.merchant.slug, public_id(Authorization.PREFIX, answer.id))


def spans() -> list[tuple[int, str]]:
    """For how long something can be set aside: hours, and their words."""
    return [(24, _("1 day")), (2, _("2 hours")), (72, _("3 days")), (168, _("7 days"))]


def hours_of(fields: dict[str, Any]) -> int:
    """The chosen hours; a day where none were."""
    return int(fields["hours"] or 24)


def set_aside_here(merchant: Merchant, places: Sequence[Location], hold_id: str) -> SetAside:
    """One that was placed at one of these places. Raises Http404."""
    wanted: UUID = id_or_404(Authorization.PREFIX, hold_id)
    with reading():
        row = authorizations_of(merchant.id).filter(
            id=wanted, location_id__in=[place.id for place in places]
        ).first()  # fmt: skip
        if row is None:
            raise Http404
        card = Card.objects.select_related("design").get(merchant=merchant, id=row.card_id)
        captures = list(redemptions_of(merchant.id).filter(authorization_id=row.id))
        return SetAside(row, card, holds_of([row], now=now())[row.id], captures)
