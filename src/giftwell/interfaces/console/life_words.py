"""Events of expiry and adjustment in a merchant's words. Reads nothing."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from giftwell.kit.money import Money


def words_of_life(kind: str, data: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Icon, tone and words, or None for an event of another kind."""
    goodwill = data.get("source") == "goodwill"
    words = {
        "card.expired": ("clock", "warn", _("Expired: what was left has left the card")),
        "card.reinstated": ("sun", "good", _("Reinstated with what it had")),
        "card.expires_soon": ("clock", "", _("Ends in %(days)s days") % {"days": data.get("days")}),
        "card.adjustment_requested": ("info", "warn", _("Adjustment asked for")),
        "card.adjustment_approved": ("check", "good", _("Adjustment approved")),
        "card.adjustment_declined": ("close", "", _("Adjustment declined")),
        "card.adjusted": ("receipt", "", _("Goodwill of the platform") if goodwill else _("Adjusted")),
    }
    return words.get(kind)


def change_of_life(kind: str, data: Mapping[str, Any]) -> Money | None:
    """What such an event did to the balance, or would have done."""
    if "change_minor" in data:
        return Money(int(data["change_minor"]), data["currency"])
    sign = {"card.expired": -1, "card.reinstated": 1}.get(kind)
    amount = int(data.get("amount_minor") or 0)
    return Money(sign * amount, data["currency"]) if sign and amount else None
