"""Expiry and adjustment in a merchant's words: what an act will do, and what happened. Reads nothing."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from giftwell.domain.cards.adjusting import alone_limit
from giftwell.domain.cards.models import Card
from giftwell.domain.catalog.models import Funding
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.console.value_forms import ActForm
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


def lead_of_adjusting(card: Card, alone: Money) -> str:
    """What one person may do alone with this card, and what of it is left today."""
    limit = Money(alone_limit(card.currency), card.currency)
    left = Money(max(limit.amount_minor - alone.amount_minor, 0), card.currency)
    words = {"limit": money_text(limit), "left": money_text(left)}
    alone_words = _(
        "You may correct %(limit)s a day alone; %(left)s of it are left. More waits for somebody else."
    )
    if card.program.funding != Funding.ESCROW:
        return alone_words % words
    return f"{alone_words % words} " + _(
        "Somebody paid for this card: taking value off it always needs a second person, and what you add "
        "comes out of what you could be paid."
    )


def says_adjust(card: Card, change: Money, *, needs_another: bool) -> tuple[str, str]:
    """The sentence and the button of a correction that is about to be made, or asked for."""
    words = {"amount": money_text(Money(abs(change.amount_minor), change.currency)), "last4": card.last4}
    if change.amount_minor > 0:
        sentence, button = _("%(amount)s goes onto card %(last4)s."), _("Add %(amount)s")
    else:
        sentence, button = _("%(amount)s comes off card %(last4)s."), _("Take %(amount)s off")
    if needs_another:
        sentence += " " + _(
            "It waits up to seven days for somebody else to approve it; nothing moves before."
        )
        button = _("Ask for it")
    return sentence % words, button % words


def says_expire(card: Card, form: ActForm) -> tuple[str, str]:
    """Of ending a card whose time is over."""
    words = {"last4": card.last4}
    sentence = _(
        "The validity of card %(last4)s is over, and it cannot be spent any more. What is left on it leaves "
        "it now; reinstating the card brings it back."
    )
    return sentence % words, _("Expire card %(last4)s") % words


def lead_of_reinstating(back: Money | None) -> str:
    """What comes back to a card, where it has expired."""
    if back is None:
        return ""
    words = {"amount": money_text(back)}
    return _("%(amount)s comes back: exactly what it lost when it expired. Its code works again.") % words


def says_reinstate(card: Card, form: ActForm) -> tuple[str, str]:
    """Of bringing an expired card back."""
    words = {"last4": card.last4}
    sentence = _("Card %(last4)s opens again with what it had when it expired, and its code can be spent.")
    return sentence % words, _("Reinstate card %(last4)s") % words
