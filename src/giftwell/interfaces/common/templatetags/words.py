"""Amounts, instants and states in the reader's words: plain functions, which the tags in `look` wrap."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy

from giftwell.kit.money import Money, exponent, format_money

_STATES: dict[str, tuple[str, Any]] = {
    "active": ("good", gettext_lazy("Active")),
    "pending": ("calm", gettext_lazy("Pending")),
    "frozen": ("bad", gettext_lazy("Frozen")),
    "closed": ("closed", gettext_lazy("Closed")),
    "expired": ("closed", gettext_lazy("Expired")),
    "expiring_soon": ("warn", gettext_lazy("Expires soon")),
    "depleted": ("closed", gettext_lazy("All spent")),
    "suspended": ("bad", gettext_lazy("Suspended")),
    "draft": ("", gettext_lazy("Draft")),
    "published": ("good", gettext_lazy("Published")),
    "awaiting_payment": ("calm", gettext_lazy("Awaiting payment")),
    "placed": ("calm", gettext_lazy("Awaiting payment")),
    "paid": ("calm", gettext_lazy("Paid")),
    "fulfilled": ("good", gettext_lazy("Fulfilled")),
    "declined": ("bad", gettext_lazy("Declined")),
    "cancelled": ("closed", gettext_lazy("Cancelled")),
    "refunded": ("closed", gettext_lazy("Refunded")),
    "replaced": ("closed", gettext_lazy("Replaced")),
    "merged": ("closed", gettext_lazy("Merged")),
    "split": ("closed", gettext_lazy("Split")),
    "part_refunded": ("warn", gettext_lazy("Partly refunded")),
    "partly_refunded": ("warn", gettext_lazy("Partly refunded")),
    "created": ("calm", gettext_lazy("Started")),
    "succeeded": ("good", gettext_lazy("Succeeded")),
    "failed": ("bad", gettext_lazy("Failed")),
    "mismatched": ("bad", gettext_lazy("Mismatched")),
    "returned": ("warn", gettext_lazy("Returned")),
    "claimed": ("calm", gettext_lazy("On its way")),
    "ready": ("calm", gettext_lazy("Ready")),
    "lapsed": ("closed", gettext_lazy("Lapsed")),
    "live": ("good", gettext_lazy("Held")),
    "queued": ("calm", gettext_lazy("Queued")),
    "sent": ("good", gettext_lazy("Sent")),
    "opened": ("good", gettext_lazy("Opened")),
    "open": ("calm", gettext_lazy("Open")),
    "captured": ("good", gettext_lazy("Captured")),
    "voided": ("closed", gettext_lazy("Voided")),
    "requested": ("calm", gettext_lazy("Requested")),
    "applied": ("good", gettext_lazy("Applied")),
    "revoked": ("closed", gettext_lazy("Revoked")),
}


def state(status: str) -> tuple[str, str]:
    """Tone and word of a state; one this table does not know is said as written, without a tone."""
    tone, word = _STATES.get(str(status), ("", str(status).replace("_", " ").capitalize()))
    return tone, str(word)


@lru_cache(maxsize=64)
def _locale(language: str) -> str:
    # Plain "en" would write dates the American way, which half of the readers would misread by a month.
    if language in {"", "en"}:
        return "en_IE"
    try:
        return str(Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        return "en_IE"


def reader_locale() -> str:
    """The babel locale of the page being rendered."""
    return _locale(translation.get_language() or "")


def money_text(amount: Any, currency: str = "", *, whole: bool = False) -> str:
    """An amount in the reader's locale: a Money, or minor units with a currency; `whole` drops ".00"."""
    value = amount if isinstance(amount, Money) else Money(int(amount), currency)
    text = format_money(value, reader_locale())
    places = exponent(value.currency)
    if whole and places and value.amount_minor % 10**places == 0:
        text = re.sub(rf"[.,\u066b]0{{{places}}}(?!\d)", "", text, count=1)
    return text


def split_minor(text: str) -> tuple[str, str]:
    """An amount's text in two: up to its decimal sign, and from it on when nothing but digits follows."""
    found = re.search(r"[.,\u066b](\d{2,3})$", text)
    return (
        (text[: found.start()], text[found.start() :]) if found and "." in text[found.start()] else (text, "")
    )


def _local(moment: datetime, zone: str) -> datetime:
    return timezone.localtime(moment, ZoneInfo(zone) if zone else None)


def moment_text(moment: datetime | date, style: str = "day", zone: str = "") -> str:
    """A moment in words. Styles: day (2 November 2031), short (2 Nov 2031), time, moment (day and time)."""
    locale = reader_locale()
    if not isinstance(moment, datetime):
        return format_date(moment, "medium" if style == "short" else "long", locale=locale)
    local = _local(moment, zone)
    if style == "time":
        return format_time(local, "short", locale=locale)
    if style == "moment":
        return gettext("%(day)s, %(time)s") % {
            "day": format_date(local, "long", locale=locale),
            "time": format_time(local, "short", locale=locale),
        }
    return format_date(local, "medium" if style == "short" else "long", locale=locale)


def exact(moment: datetime | date, zone: str = "") -> str:
    """The exact instant with the place whose clock it is."""
    if not isinstance(moment, datetime):
        return format_date(moment, "full", locale=reader_locale())
    local = _local(moment, zone)
    place = str(local.tzinfo).rsplit("/", 1)[-1].replace("_", " ")
    return gettext("%(instant)s in %(place)s") % {
        "instant": format_datetime(local, "d MMMM y, HH:mm:ss", locale=reader_locale()),
        "place": place,
    }
