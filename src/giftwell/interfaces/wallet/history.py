"""What happened to a card, in its holder's words: as on a receipt, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from giftwell.domain.cards.lineage import Kin, told_once
from giftwell.domain.cards.models import Card
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy.models import Location
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.kit.ids import parse_id
from giftwell.kit.money import Money

MOST = 100
_NAMED = ("to", "into", "by", "sender")
_SIGNS = {
    "card.activated": 1, "card.loaded": 1, "card.value_received": 1, "card.refunded": 1, "card.reinstated": 1,
    "redemption.refunded": 1, "redemption.reversed": 1,
    "card.value_transferred": -1, "card.merged": -1, "card.split": -1, "card.replaced": -1,
    "card.expired": -1, "redemption.made": -1, "refund.reversed": -1, "load.reversed": -1,
    "order.card_refunded": -1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the receipt; `on` is the last four of a lost card that it happened to."""

    what: str
    at: datetime
    much: Money | None
    on: str


def history_of_holder(card: Card, kin: Kin) -> list[Entry]:
    """The lines of this card and of the lost cards that it carries on. Call it in the merchant's scope."""
    earlier = kin.earlier_last4s
    found = Event.objects.filter(merchant_id=card.merchant_id, subject__in=[card.public_id, *earlier])
    events = told_once(list(found.order_by("-at", "-id")[:MOST]))
    places = {place.public_id: place.name for place in Location.objects.filter(merchant_id=card.merchant_id)}
    names = _Names(places, _last4s(events, card))
    return [
        Entry(what, event.at, _much(event.type, event.data), earlier.get(event.subject, ""))
        for event in events
        if (what := _words(event.type, event.data, names))
    ]


@dataclass(frozen=True, slots=True)
class _Names:
    places: Mapping[str, str]
    cards: Mapping[str, str]


def _last4s(events: list[Event], card: Card) -> dict[str, str]:
    named = {str(event.data[name]) for event in events for name in _NAMED if event.data.get(name)}
    ids = [parse_id(Card.PREFIX, one) for one in named if one.startswith(f"{Card.PREFIX}_")]
    cards = Card.objects.filter(merchant_id=card.merchant_id, id__in=ids)
    return {one.public_id: one.last4 for one in cards}


def _words(kind: str, data: Mapping[str, Any], names: _Names) -> str:
    """What happened; empty for what a holder need not know, such as that a clerk looked at the code."""
    place = names.places.get(str(data.get("location") or ""), "")
    other = next((names.cards.get(str(data[name]), "") for name in _NAMED if data.get(name)), "")
    if kind == "card.value_received":
        return _received(str(data.get("reason")), other)
    if kind == "authorization.placed":
        amount = money_text(int(data["amount_minor"]), data["currency"])
        return _("%(amount)s set aside for a payment") % {"amount": amount}
    words = {
        "card.activated": _("The gift"),
        "card.loaded": _("Topped up") if data.get("line") else _("Added by the shop"),
        "card.value_transferred": _("Moved to card %(last4)s"),
        "card.merged": _("Merged into card %(last4)s"),
        "card.split": _("Split into new cards"),
        "card.replaced": _("Reported lost, and replaced by card %(last4)s"),
        "card.frozen": _("Frozen"),
        "card.unfrozen": _("Unfrozen"),
        "card.expired": _("Expired"),
        "card.reinstated": _("Reinstated by the shop"),
        "card.adjusted": _("Corrected by the shop"),
        "card.refunded": _("Given by the shop"),
        "redemption.made": _("Spent at %(place)s") if place else _("Spent"),
        "redemption.refunded": _("Given back"),
        "redemption.reversed": _("A payment was taken back"),
        "refund.reversed": _("What was given back was taken back"),
        "load.reversed": _("What was added was taken back"),
        "authorization.voided": _("What was set aside can be spent again"),
        "authorization.lapsed": _("What was set aside can be spent again"),
        "order.card_refunded": _("Given back to the buyer"),
    }
    return words.get(kind, "") % {"last4": other or "····", "place": place}


def _received(reason: str, last4: str) -> str:
    words = {
        "merge": _("Card %(last4)s was merged into this one"),
        "split": _("Split off from card %(last4)s"),
        "replacement": _("Carries lost card %(last4)s on"),
    }
    return words.get(reason, _("Received from card %(last4)s")) % {"last4": last4 or "····"}


def _much(kind: str, data: Mapping[str, Any]) -> Money | None:
    if "change_minor" in data:
        return Money(int(data["change_minor"]), data["currency"])
    if kind not in _SIGNS or not data.get("amount_minor"):
        return None
    return Money(_SIGNS[kind] * int(data["amount_minor"]), data["currency"])
