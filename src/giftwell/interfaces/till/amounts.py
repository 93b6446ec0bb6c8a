"""Amounts at the till: what the keypad sent, and the sums that are offered at a touch."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from giftwell.interfaces.common.templatetags.words import reader_locale
from giftwell.kit.errors import Invalid
from giftwell.kit.money import MAX_MINOR, InvalidAmount, Money, exponent, parse_amount

_DIGITS = len(str(MAX_MINOR))


class NoAmount(Invalid):
    """The form holds no amount above zero."""

    code = "no_amount"


def read(sent: Mapping[str, str], currency: str) -> int:
    """The minor units a form sent: typed in `amount` where no script runs, else the keypad's `amount_minor`.

    Raises `NoAmount` with a sentence for the cashier.
    """
    typed, minor = sent.get("amount", "").strip(), sent.get("amount_minor", "")
    if typed:
        try:
            found = parse_amount(typed, currency, reader_locale())
        except InvalidAmount as error:
            raise NoAmount(
                _("That is not an amount in %(currency)s. Nothing was taken.") % {"currency": currency}
            ) from error
    else:
        found = whole(minor) or 0
    if found <= 0:
        raise NoAmount(_("Enter an amount first. Nothing was taken."))
    return found


def whole(text: str) -> int | None:
    """Minor units out of a hidden field or an address, or None for what is no amount above zero."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
    return found or None


def quick(available: Money) -> list[Money]:
    """All there is, and the two or three round sums below it."""
    unit = 10 ** exponent(available.currency) if exponent(available.currency) else 100
    sums = [Money(step * unit, available.currency) for step in (5, 10, 20)]
    return [available, *(one for one in sums if one < available)]
