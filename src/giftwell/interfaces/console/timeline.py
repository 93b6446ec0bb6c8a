"""Events in a merchant's words: what happened, who did it, and what it did to the balance. Reads nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy.models import Location
from giftwell.interfaces.console import till_words
from giftwell.interfaces.console.life_words import change_of_life, words_of_life
from giftwell.interfaces.console.moved_words import SIGNS, words_of_moves
from giftwell.interfaces.console.till_words import words_of_the_till
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a timeline."""

    symbol: str
    tone: str
    what: str
    by: str
    at: datetime
    much: Money | None
    left: Money | None
    of: str = ""


def told(
    events: Sequence[Event],
    names: Mapping[str, str],
    places: Mapping[UUID | None, str],
    zone: str,
    *,
    last4s: Mapping[str, str] | None = None,
    earlier: Mapping[str, str] | None = None,
) -> list[tuple[date, list[Told]]]:
    """The events by the merchant's days, in the order they came.

    `last4s` names the cards that events speak of, `earlier` those whose own events stand among these: both
    from public ids to last fours.
    """
    known = {public_id(Location.PREFIX, place): name for place, name in places.items() if place}
    days: dict[date, list[Told]] = {}
    for event in events:
        line = _line(event, names.get(event.actor, ""), known, last4s or {}, earlier or {})
        days.setdefault(event.at.astimezone(ZoneInfo(zone)).date(), []).append(line)
    return list(days.items())


def _line(
    event: Event,
    by: str,
    places: Mapping[str, str],
    last4s: Mapping[str, str],
    earlier: Mapping[str, str],
) -> Told:
    data = event.data
    symbol, tone, what = (
        words_of_moves(event.type, data, last4s)
        or words_of_life(event.type, data)
        or words_of_the_till(event.type, data, places)
        or _words(event.type)
    )
    of = earlier.get(event.subject, "")
    return Told(symbol, tone, what, by, event.at, _much(event.type, data), _left(data), of)


def _words(kind: str) -> tuple[str, str, str]:
    """Icon, tone and words of an event; one that this page does not know yet is named by its type."""
    words = {
        "card.issued": ("cards", "", _("Issued")),
        "card.activated": ("check", "good", _("Activated and loaded")),
        "batch.completed": ("cards", "good", _("Issued with its batch")),
        "card.cancelled": ("close", "", _("Cancelled, never loaded")),
        "card.frozen": ("freeze", "warn", _("Frozen")),
        "card.unfrozen": ("sun", "good", _("Unfrozen")),
        "card.closed": ("close", "", _("Closed")),
        "card.kept": ("wallet", "good", _("Kept in a wallet")),
        "card.code_revealed": ("lock", "warn", _("Code shown")),
        "gift.made": ("gift", "", _("Gift wrapped")),
        "gift.queued": ("mail", "", _("Gift put on its way by e-mail")),
        "gift.opened": ("gift", "good", _("Gift unwrapped")),
        "order.card_refunded": ("again", "", _("Unspent value given back to the buyer")),
    }
    return words.get(kind, ("info", "", kind))


def _much(kind: str, data: Mapping[str, Any]) -> Money | None:
    signs = {
        "card.activated": 1, "order.card_refunded": -1, **SIGNS, **till_words.SIGNS,
    }  # fmt: skip
    if kind == "card.closed" and data.get("returned_minor"):
        return Money(-int(data["returned_minor"]), data["currency"])
    if (change := change_of_life(kind, data)) is not None:
        return change
    if kind not in signs or "amount_minor" not in data:
        return None
    return Money(signs[kind] * int(data["amount_minor"]), data["currency"])


def _left(data: Mapping[str, Any]) -> Money | None:
    if data.get("balance_minor") is None:
        return None
    return Money(int(data["balance_minor"]), data["currency"])
