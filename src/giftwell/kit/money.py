"""Money: integers of the currency's minor unit, and the only place that turns text into them and back.

Exponents follow ISO 4217, which is what processors and banks count in; CLDR, which babel formats by, shows
some currencies (IQD, COP, IRR …) with fewer decimals than their minor unit has. No float comes near an
amount.
"""

import copy
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from babel.core import Locale, UnknownLocaleError, get_global
from babel.numbers import (
    NumberFormatError,
    NumberPattern,
    get_decimal_symbol,
    get_group_symbol,
    parse_decimal,
)

from giftwell.kit.errors import Invalid

MAX_MINOR = 999_999_999_999

_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
# CLDR puts a space between a currency's letters and the digits; babel leaves it out.
_TOUCHING = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")


class UnknownCurrency(Invalid):
    """Not the ISO 4217 code of a currency in use."""

    code = "unknown_currency"
    detail = "That is not a currency in use."


class CurrencyMismatch(Invalid):
    """Two amounts of different currencies met."""

    code = "currency_mismatch"
    detail = "The amounts are in different currencies."


class InvalidAmount(Invalid):
    """The text is not an amount of the currency."""

    code = "invalid_amount"
    detail = "That is not an amount."


@functools.cache
def _currencies() -> frozenset[str]:
    """Return what is legal tender somewhere today: no gold, no test codes, no currencies of the past."""
    territories = get_global("territory_currencies")
    return frozenset(
        code for rows in territories.values() for code, _start, end, tender in rows if end is None and tender
    )


def is_currency(code: str) -> bool:
    """Return whether this is the upper-case ISO 4217 code of a currency in use."""
    return code in _currencies()


def exponent(currency: str) -> int:
    """Return how many decimals the minor unit has (JPY 0, EUR 2, KWD 3); raises UnknownCurrency."""
    if currency not in _currencies():
        raise UnknownCurrency
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency. Amounts of different currencies never meet."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse a float (a bug) and an unknown currency (an input)."""
        if type(self.amount_minor) is not int:
            raise TypeError("an amount is an integer of minor units")
        if self.currency not in _currencies():
            raise UnknownCurrency

    def _same(self, other: Self) -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch
        return other.amount_minor

    def __add__(self, other: Self) -> Self:
        """Add; raises CurrencyMismatch."""
        return type(self)(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Self) -> Self:
        """Subtract; raises CurrencyMismatch."""
        return type(self)(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> Self:
        """Return the same amount the other way."""
        return type(self)(-self.amount_minor, self.currency)

    def __lt__(self, other: Self) -> bool:
        """Compare; raises CurrencyMismatch."""
        return self.amount_minor < self._same(other)

    def __le__(self, other: Self) -> bool:
        """Compare; raises CurrencyMismatch."""
        return self.amount_minor <= self._same(other)

    def __gt__(self, other: Self) -> bool:
        """Compare; raises CurrencyMismatch."""
        return self.amount_minor > self._same(other)

    def __ge__(self, other: Self) -> bool:
        """Compare; raises CurrencyMismatch."""
        return self.amount_minor >= self._same(other)


def _decimal(money: Money) -> Decimal:
    return Decimal(money.amount_minor).scaleb(-exponent(money.currency))


@functools.lru_cache(maxsize=256)
def _locale(name: str) -> Locale:
    """Return the locale, or its language, or English: a wrong tag must never break a page."""
    parts = name.replace("-", "_").split("_")
    for candidate in ("_".join(parts), parts[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@functools.lru_cache(maxsize=1024)
def _pattern(locale: Locale, decimals: int) -> NumberPattern:
    pattern: NumberPattern = copy.copy(locale.currency_formats["standard"])
    pattern.frac_prec = (decimals, decimals)
    return pattern


def format_money(money: Money, locale: str = "en") -> str:
    """Return the amount as people of the locale write it, all decimals shown, with a true minus sign."""
    where = _locale(locale)
    pattern = _pattern(where, exponent(money.currency))
    text: str = pattern.apply(_decimal(money), where, currency=money.currency, currency_digits=False)
    return _TOUCHING.sub("\u00a0", text).replace("-", "\u2212")


def format_plain(money: Money) -> str:
    """Return digits and a point only (`1234.50`), for form fields, CSV and commands, without the currency."""
    return f"{_decimal(money):f}"


def parse_amount(text: str, currency: str, locale: str = "en") -> int:
    """Return the minor units of what a person typed, zero or more, with the locale's separators.

    Raises InvalidAmount for a sign, an exponent, misplaced separators (`25,00` in English), more decimals
    than the currency has, or more than MAX_MINOR; raises UnknownCurrency.
    """
    decimals = exponent(currency)
    where = _locale(locale)
    cleaned = _SPACES.sub("\u00a0", text.strip())
    group, point = get_group_symbol(where), get_decimal_symbol(where)
    group = "\u00a0" if _SPACES.fullmatch(group) else group
    if not cleaned or len(cleaned) > 40 or set(cleaned) - set("0123456789") - {group, point}:
        raise InvalidAmount
    try:
        value = parse_decimal(cleaned.replace(group, get_group_symbol(where)), where, strict=True)
    except NumberFormatError as error:
        raise InvalidAmount from error
    scaled = value.scaleb(decimals)
    if scaled != scaled.to_integral_value():
        raise InvalidAmount(f"{currency} has {decimals} decimals.")
    if not 0 <= scaled <= MAX_MINOR:
        raise InvalidAmount("That amount is too large.")
    return int(scaled)


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Split minor units in proportion to the weights, to the last unit.

    Largest remainder; ties go to the earlier one. Raises ValueError where nothing could receive the total.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are zero or more, and not all zero")
    sign = -1 if total < 0 else 1
    parts = [divmod(abs(total) * weight, whole) for weight in weights]
    left = abs(total) - sum(quotient for quotient, _ in parts)
    order = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
    lucky = set(order[:left])
    return [sign * (quotient + (i in lucky)) for i, (quotient, _) in enumerate(parts)]
