"""A refusal in a cashier's words: what happened, that nothing was taken, and what to do next."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from giftwell.domain.redemption.check_balance import CardBalance
from giftwell.interfaces.common.templatetags.words import moment_text, money_text
from giftwell.kit.money import Money


@dataclass(frozen=True, slots=True)
class Outcome:
    """The refused screen. `offer` is what could be taken instead, `rest` what is then left to pay another
    way.
    """

    title: str
    text: str
    on_card: Money | None = None
    rest: Money | None = None
    offer: Money | None = None


def explain(code: str, asked: Money | None, found: CardBalance, *, bill: Money | None = None) -> Outcome:
    """The words for a refusal by its code; `asked` is what was to be taken, where an amount was known, and
    `bill` the part of it that is no tip.
    """
    if code == "insufficient_funds" and asked is not None:
        return _too_much(asked, found.available, bill or asked)
    return _plain(code, found)


def _too_much(asked: Money, available: Money, bill: Money) -> Outcome:
    if available.amount_minor <= 0:
        return _empty(available)
    short, offer = asked - available, min(available, bill)
    return Outcome(
        title=_("%(amount)s short") % {"amount": money_text(short)},
        text=_("Nothing was taken. The card has %(has)s, the bill is %(bill)s.")
        % {"has": money_text(available), "bill": money_text(asked)},
        on_card=available,
        rest=asked - offer,
        offer=offer,
    )


def _empty(available: Money) -> Outcome:
    return Outcome(
        title=_("Nothing left on this card"),
        text=_("Nothing was taken. Ask the customer to pay another way."),
        on_card=available,
    )


def _plain(code: str, found: CardBalance) -> Outcome:
    if code == "card_is_empty":
        return _empty(found.available)
    if code == "card_is_frozen":
        title = _("This card is frozen")
        text = _(
            "Nothing was taken. Its holder or the shop has stopped it; a manager can see why in the console."
        )
    elif code == "card_is_expired" and found.expires_at is not None:
        title = _("This card has expired")
        text = _("Nothing was taken. It was valid until %(day)s. Ask the customer to pay another way.") % {
            "day": moment_text(found.expires_at)
        }
    elif code == "card_is_closed":
        title = _("This card is closed")
        text = _("Nothing was taken. It was given back or replaced; ask the customer for their new card.")
    elif code == "wrong_currency":
        title = _("Another currency")
        text = _("Nothing was taken. This card holds %(currency)s.") % {"currency": found.available.currency}
    elif code == "day_limit_exceeded":
        title = _("Enough for one day")
        text = _("Nothing was taken. This card may spend only so much a day; take less, or try tomorrow.")
    elif code == "reversed":
        title = _("This was undone before")
        text = _("Nothing was taken. Go back to the amount and redeem it afresh.")
    else:
        title = _("That did not work")
        text = _("Nothing was taken. Scan the card once more, or ask the customer to pay another way.")
    return Outcome(title=title, text=text)
