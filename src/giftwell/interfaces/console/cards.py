"""Cards: the list with its filters, and one card with its balance, its life and what was spent from it."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from giftwell.domain.bulk.events import BatchCompleted
from giftwell.domain.bulk.models import Batch
from giftwell.domain.cards.lineage import Kin, kin_of, told_once
from giftwell.domain.cards.models import Card, CardFreeze, FreezeReason, Status
from giftwell.domain.cards.queries import cards_of, find_card, shown_state
from giftwell.domain.catalog.queries import programs_of
from giftwell.domain.delivery.models import Gift
from giftwell.domain.orders.models import OrderLine
from giftwell.domain.redemption.queries import redemptions_of
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.actors import actor_names
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.themes import HOUSE
from giftwell.interfaces.console.acts import acts_of
from giftwell.interfaces.console.errors import id_or_404
from giftwell.interfaces.console.moved_words import last4s_in
from giftwell.interfaces.console.paged import shown_page
from giftwell.interfaces.console.people import lines_of_cards, place_names
from giftwell.interfaces.console.shown import show
from giftwell.interfaces.console.timeline import told
from giftwell.kit.clock import now
from giftwell.kit.ids import UnknownId, parse_id
from giftwell.kit.money import Money

_LAST4 = re.compile(r"[0-9A-Za-z]{4}")
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,12}")
MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A card as the list shows it."""

    card: Card
    balance: Money
    face_value: Money
    state: str
    recipient: str
    pattern: str
    theme: str
    at: datetime


@merchant_page(Permission.CARDS_VIEW)
def cards(request: PageRequest, slug: str) -> HttpResponse:
    """The merchant's cards, newest first; search by last four or by the number of an order."""
    wanted = {name: request.GET.get(name, "").strip() for name in ("q", "status", "program", "batch")}
    at = now()
    with reading():
        page = shown_page(request, _filtered(request, wanted), at="issued_at")
        programs = list(programs_of(request.merchant.id))
        lines = lines_of_cards(request.merchant.id, [one.pk for one in page.rows])
    rows = [_row(one, lines.get(one.pk), at) for one in page.rows]
    context = {
        "rows": rows, "page": page, "programs": programs, "wanted": wanted, "statuses": Status.values,
        "is_filtered": any(wanted.values()), "can_issue": any(not one.needs_payment for one in programs),
    }  # fmt: skip
    return show(request, "console/cards/list.html", "cards", **context)


@merchant_page(Permission.CARDS_VIEW)
def card(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """One card: what is on it, where it came from, what happened to it."""
    return card_page(request, id_or_404(Card.PREFIX, card_id))


def card_page(request: PageRequest, card_id: UUID, *, code: str = "") -> HttpResponse:
    """The page of one card; with `code` once, for somebody who asked to see it. Raises `CardNotFound`."""
    merchant_id = request.merchant.id
    with reading():
        found = find_card(merchant_id, card_id)
        line = lines_of_cards(merchant_id, [card_id]).get(card_id)
        gift = Gift.objects.filter(merchant_id=merchant_id, card_id=card_id).first() if line else None
        kin = kin_of(found)
        batch = _batch(found)
        events = _events(found, kin, gift, batch)
        last4s = last4s_in(events, merchant_id)
        made = list(redemptions_of(merchant_id).filter(card_id__in=[card_id, *kin.earlier_ids])[:50])
        places = place_names(merchant_id)
        frozen_by = _frozen_by(found)
    names = actor_names([*(event.actor for event in events), *(one.actor for one in made)])
    row = _row(found, line, now())
    context = {
        "row": row, "card": found, "line": line, "gift": gift, "code": code, "batch": batch,
        "held": Money(found.held_minor, found.currency),  # type: ignore[attr-defined]  # annotated by the query
        "days": told(
            events, names, places, request.merchant.time_zone, last4s=last4s, earlier=kin.earlier_last4s
        ),
        "kin": kin,
        "acts": acts_of(request, found, frozen_by, row.at),
        "redemptions": [
            {"row": one, "by": names[one.actor], "place": places.get(one.location_id, "")}
            for one in made
        ],
        "frozen_by": [_reason(reason) for reason in sorted(frozen_by)],
        "can_unfreeze": FreezeReason.MERCHANT in frozen_by,
        "can_freeze": found.status in {"active", "frozen"} and FreezeReason.MERCHANT not in frozen_by,
        "can_close": found.status != Status.CLOSED,
        "can_reveal": found.has_code and found.status != Status.CLOSED and not code,
    }  # fmt: skip
    return show(request, "console/cards/detail.html", "cards", **context)


def _batch(card: Card) -> Batch | None:
    """The batch that the card came with; None for cards that were issued by themselves or by some."""
    if card.batch_id is None:
        return None
    return Batch.objects.filter(merchant_id=card.merchant_id, id=card.batch_id).first()


def _events(card: Card, kin: Kin, gift: Gift | None, batch: Batch | None) -> list[Event]:
    """What happened to the card, to its gift, and to the lost cards that it carries on, newest first."""
    subjects = [card.public_id, *kin.earlier_last4s, *([gift.public_id] if gift else [])]
    found = Event.objects.filter(merchant_id=card.merchant_id, subject__in=subjects)
    if batch is not None:
        # One event tells of all of a batch's cards.
        found |= Event.objects.filter(
            merchant_id=card.merchant_id, subject=batch.public_id, type=BatchCompleted.TYPE
        )
    return told_once(list(found.order_by("-at", "-id")[:MOST_EVENTS]))


def _frozen_by(card: Card) -> set[str]:
    """The reasons that hold; asked only of a card that is frozen."""
    if card.status != Status.FROZEN:
        return set()
    standing = CardFreeze.objects.filter(merchant_id=card.merchant_id, card=card, cleared_at=None)
    return set(standing.values_list("reason", flat=True))


def _filtered(request: PageRequest, wanted: dict[str, str]) -> QuerySet[Card]:
    found = cards_of(request.merchant.id)
    if wanted["status"]:
        found = found.filter(status=wanted["status"])
    if wanted["program"]:
        found = _by_id(found, "program_id", "prog", wanted["program"])
    if wanted["batch"]:
        # The batch is named by one of its cards, because only ids of ours stand in addresses.
        found = _by_batch(found, wanted["batch"])
    return found.filter(_matches(request, wanted["q"])) if wanted["q"] else found


def _matches(request: PageRequest, text: str) -> Q:
    """Whole equality only: a search by part of a code would be a way to guess one."""
    matches = Q(pk__in=[])
    if _LAST4.fullmatch(text):
        matches |= Q(last4=text.upper())
    if _NUMBER.fullmatch(text):
        lines = OrderLine.objects.filter(merchant=request.merchant, order__number=text.upper())
        matches |= Q(pk__in=lines.values("card_id"))
    return matches


def _by_id(found: QuerySet[Card], field: str, prefix: str, text: str) -> QuerySet[Card]:
    try:
        return found.filter(**{field: parse_id(prefix, text)})
    except UnknownId:
        return found.none()


def _by_batch(found: QuerySet[Card], text: str) -> QuerySet[Card]:
    first = _by_id(found, "id", Card.PREFIX, text).order_by()
    return found.filter(batch_id__in=first.values("batch_id"))


def _row(card: Card, line: OrderLine | None, at: datetime) -> Row:
    balance: int = card.balance_minor  # type: ignore[attr-defined]  # annotated by the query
    return Row(
        card=card,
        balance=Money(balance, card.currency),
        face_value=Money(card.face_value_minor, card.currency),
        state=shown_state(card, balance, at),
        recipient=line.recipient_name if line else "",
        pattern=card.design.pattern if card.design else "guilloche",
        theme=card.design.theme if card.design else HOUSE,
        at=at,
    )


def _reason(reason: str) -> str:
    words = {
        "holder": _("its holder"),
        "merchant": _("the shop"),
        "risk": _("a check of risk"),
        "dispute": _("a dispute"),
    }
    return words.get(reason, reason)
