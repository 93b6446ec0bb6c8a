"""One row of a file, judged. Pure: given what a program and a merchant are, and what day it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from giftwell.kit.code_hash import SHORTEST_IMPORTED, is_imported_form
from giftwell.kit.codes import bare
from giftwell.kit.money import MAX_MINOR, Money, exponent, format_plain

LONGEST_REFERENCE = 64
SHORT_CODE = 12
"""An imported code below this length is taken, and told of: it could be guessed by somebody patient."""

_PLAIN = re.compile(r"(\d{1,12})(?:([.,])(\d{1,4}))?")
_LOOKS_LIKE_THOUSANDS = 3
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_LIVE = ("", "active")


@dataclass(frozen=True, slots=True)
class GoodRow:
    """What a sound row says. `code` is bare, and empty where ours is to be made."""

    value_minor: int
    expires_at: datetime | None
    reference: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in which column, and what to do about it."""

    field: str
    says: str


@dataclass(frozen=True, slots=True)
class RowRules:
    """What rows are judged by. Amounts are minor units; `default_end` is the program's own end of validity.

    `earliest_day` is the first last day that the law allows (null: any), `never_ends` that it allows none.
    `end_of` makes the last instant of a day where the merchant is.
    """

    currency: str
    least_minor: int
    most_minor: int
    is_minor: bool
    has_codes: bool
    today: date
    default_end: datetime | None
    end_of: Callable[[date], datetime]
    earliest_day: date | None = None
    never_ends: bool = False
    _amounts: dict[str, int] = field(default_factory=dict)
    _ends: dict[str, datetime] = field(default_factory=dict)

    def judge(self, cells: dict[str, str]) -> GoodRow | list[Fault]:
        """The row as it will be made, or everything that is wrong with it."""
        faults: list[Fault] = []
        column = "balance" if self.has_codes else "value"
        value_minor = self._amount(cells[column], column, faults)
        expires_at = self._end(cells.get("expires", ""), faults)
        reference = self._reference(cells.get("reference", ""), faults)
        code = self._code(cells["code"], faults) if self.has_codes else ""
        currency = cells.get("currency", "")
        if currency and currency.upper() != self.currency:
            faults.append(
                Fault("currency", f"This program is in {self.currency}; load other currencies apart.")
            )
        if cells.get("status", "").lower() not in _LIVE:
            faults.append(Fault("status", "Only active cards are brought along. Leave this row out."))
        return faults or GoodRow(value_minor, expires_at, reference, code)

    def _amount(self, text: str, column: str, faults: list[Fault]) -> int:
        known = self._amounts.get(text)
        if known is not None:
            return known
        value_minor = self._read_amount(text)
        if value_minor is None:
            faults.append(Fault(column, self._how_to_write(text)))
            return 0
        if not self.least_minor <= value_minor <= self.most_minor:
            least, most = (
                format_plain(Money(bound, self.currency)) for bound in (self.least_minor, self.most_minor)
            )
            faults.append(Fault(column, f"Cards of this program hold {least} to {most} {self.currency}."))
            return 0
        if len(self._amounts) < 10_000:
            self._amounts[text] = value_minor
        return value_minor

    def _how_to_write(self, text: str) -> str:
        sample = "2500" if self.is_minor else format_plain(Money(2500, self.currency))
        says = f"Write an amount such as {sample}, with digits and at most one point."
        if not text:
            return f"This is empty. {says}"
        if self._is_ambiguous(text):
            return f"This could mean thousands or a fraction. Write a thousand as 1000. {says}"
        return says

    def _is_ambiguous(self, text: str) -> bool:
        """Three digits behind the mark: a thousand to one reader, a fraction to another.

        Only a point in a currency of three decimals has one meaning.
        """
        found = _PLAIN.fullmatch(text)
        if found is None or len(found[3] or "") != _LOOKS_LIKE_THOUSANDS:
            return False
        return found[2] == "," or self.is_minor or exponent(self.currency) != _LOOKS_LIKE_THOUSANDS

    def _read_amount(self, text: str) -> int | None:
        """Digits and one decimal mark, with no more decimals than the currency has; else None."""
        found = _PLAIN.fullmatch(text)
        if found is None or not text.isascii() or self._is_ambiguous(text):
            return None
        whole, part = found[1], found[3] or ""
        decimals = 0 if self.is_minor else exponent(self.currency)
        if len(part) > decimals:
            return None
        value_minor = int(whole) * 10**decimals + int(part.ljust(decimals, "0") or 0)
        return value_minor if value_minor <= MAX_MINOR else None

    def _end(self, text: str, faults: list[Fault]) -> datetime | None:
        if not text:
            return self.default_end
        known = self._ends.get(text)
        if known is not None:
            return known
        day = _day(text)
        says = ""
        if day is None:
            says = "Write the last day as year-month-day, such as 2027-12-31."
        elif day < self.today:
            says = "This day is over. Leave expired cards out."
        elif self.never_ends:
            says = "By the law of your country these cards may not expire. Leave this empty."
        elif self.earliest_day is not None and day < self.earliest_day:
            says = f"By the law of your country these cards are good until {self.earliest_day} at least."
        if day is None or says:
            faults.append(Fault("expires", says))
            return None
        self._ends[text] = self.end_of(day)
        return self._ends[text]

    def _reference(self, text: str, faults: list[Fault]) -> str:
        if len(text) > LONGEST_REFERENCE:
            faults.append(Fault("reference", f"Keep this to {LONGEST_REFERENCE} signs."))
        elif not text.isprintable():
            faults.append(
                Fault("reference", "There is a sign in this that cannot be printed. Write it anew.")
            )
        return text

    def _code(self, text: str, faults: list[Fault]) -> str:
        code = bare(text)
        if not code:
            faults.append(Fault("code", "This is empty. Every card that is brought along has its code."))
        elif len(code) < SHORTEST_IMPORTED:
            faults.append(
                Fault("code", f"Codes of fewer than {SHORTEST_IMPORTED} signs are too easily guessed.")
            )
        elif not is_imported_form(code):
            faults.append(
                Fault("code", "A code has 8 to 40 letters A to Z and digits, spaces and dashes aside.")
            )
        return code


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found and text.isascii() else None
    except ValueError:
        return None
