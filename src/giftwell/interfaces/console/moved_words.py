"""The words of a timeline for value that came or went: which card it came from, and to which it went."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from giftwell.domain.cards.models import Card
from giftwell.foundation.events.models import Event
from giftwell.kit.ids import parse_id

SIGNS = {
    "card.loaded": 1,
    "card.value_received": 1,
    "card.value_transferred": -1,
    "card.merged": -1,
    "card.split": -1,
    "card.replaced": -1,
}
_NAMED = ("to", "into", "by", "sender")


def words_of_moves(
    kind: str, data: Mapping[str, Any], last4s: Mapping[str, str]
) -> tuple[str, str, str] | None:
    """Icon, tone and words of such an event, or None for any other. `last4s` is by the cards' public ids."""
    other = next((str(data[name]) for name in _NAMED if data.get(name)), "")
    named = {"last4": last4s.get(other, "····")}
    if kind == "card.value_received":
        return _received(str(data.get("reason")), named)
    if kind == "card.loaded":
        return "plus", "good", _("Topped up, paid") if data.get("line") else _("Loaded")
    if kind == "card.split":
        parts = len(data.get("cards", ()))
        return "share", "", ngettext("Split: %(n)s new card", "Split: %(n)s new cards", parts) % {"n": parts}
    words = {
        "card.value_transferred": ("arrow", "", _("Moved to card %(last4)s")),
        "card.merged": ("cards", "", _("Merged into card %(last4)s")),
        "card.replaced": ("again", "warn", _("Lost, and replaced by card %(last4)s")),
    }
    if kind not in words:
        return None
    symbol, tone, what = words[kind]
    return symbol, tone, what % named


def _received(reason: str, named: Mapping[str, str]) -> tuple[str, str, str]:
    words = {
        "transfer": ("plus", _("Received from card %(last4)s")),
        "merge": ("cards", _("Card %(last4)s was merged into this one")),
        "split": ("share", _("Split off from card %(last4)s")),
        "replacement": ("again", _("Carries lost card %(last4)s on")),
    }
    symbol, what = words.get(reason, words["transfer"])
    return symbol, "good", what % named


def last4s_in(events: Iterable[Event], merchant_id: Any) -> dict[str, str]:
    """The last four of the cards that these events name, by public id; read in the merchant's scope."""
    wanted = {str(event.data[name]) for event in events for name in _NAMED if event.data.get(name)}
    ids = [parse_id(Card.PREFIX, one) for one in wanted if one.startswith(f"{Card.PREFIX}_")]
    return {card.public_id: card.last4 for card in Card.objects.filter(merchant_id=merchant_id, id__in=ids)}
