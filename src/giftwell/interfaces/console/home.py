"""The first page: true figures, what needs attention, and for a new shop the next step. With a download."""

import csv
from collections.abc import Callable
from dataclasses import dataclass

from babel.dates import format_date
from django.http import HttpResponse
from django.utils.translation import gettext as _

from giftwell.domain.reports.home import HomeFigures, home_figures
from giftwell.domain.reports.turnover import DayFigures
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.templatetags.words import moment_text, money_text, reader_locale
from giftwell.interfaces.console import charts
from giftwell.interfaces.console.attention import attention, checklist, undecided
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.money import Money, exponent, format_plain

PERIODS = {"14": 14, "91": 91, "365": 365}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One pair of bars: a day, or a week of a longer period."""

    first_day: DayFigures
    last_day: DayFigures
    sold: Money
    redeemed: Money
    refunded: Money


@merchant_page(Permission.CONSOLE_VIEW)
def home(request: PageRequest, slug: str) -> HttpResponse:
    """Today, what is owed, and how it went."""
    days = PERIODS.get(request.GET.get("days", ""), 14)
    at = now()
    with reading():
        figures = home_figures(request.merchant, at, days=days)
        steps = checklist(request.merchant)
        todo = attention(request.merchant)
        if Permission.CARDS_ADJUST in request.permissions:
            todo += undecided(request.merchant, at)
    buckets = _buckets(figures.days)
    words = [_short(bucket, figures.today) for bucket in buckets]
    pairs = [(bucket.sold.amount_minor, bucket.redeemed.amount_minor) for bucket in buckets]
    amounts = [one.outstanding.amount_minor for one in figures.by_age]
    axis, least = _axis(request.merchant.currency), 40 * 10 ** exponent(request.merchant.currency)
    context = {
        "heading": format_date(figures.today.day, "full", locale=reader_locale()),
        "figures": figures, "today": figures.today, "at": at, "days": days, "steps": steps, "todo": todo,
        "is_unfinished": not all(step.is_done for step in steps[1:]),
        "next_step": next((step for step in steps if not step.is_done), None),
        "charts": [
            (kind, charts.bars(pairs, words, axis, frame, least=least))
            for kind, frame in (("wide-only", charts.WIDE), ("narrow-only", charts.NARROW))
        ],
        "rows": [(_long(bucket), bucket) for bucket in reversed(buckets)], "is_daily": days == 14,
        "average": _average(figures), "ages": _ages(figures, amounts), "periods": _periods(days),
    }  # fmt: skip
    return show(request, "console/home.html", "home", **context)


@merchant_page(Permission.CONSOLE_VIEW)
def figures_csv(request: PageRequest, slug: str) -> HttpResponse:
    """The same figures, a line a day, for a spreadsheet. Nothing in it was typed by anyone."""
    days = PERIODS.get(request.GET.get("days", ""), 14)
    with reading():
        figures = home_figures(request.merchant, now(), days=days)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.merchant.slug}-{days}-days.csv"'
    writer = csv.writer(response)
    writer.writerow(["day", "currency", "sold", "cards_sold", "redeemed", "redemptions", "refunded"])
    for day in figures.days:
        writer.writerow(
            [
                day.day.isoformat(), request.merchant.currency, format_plain(day.sold), day.cards_sold,
                format_plain(day.redeemed), day.redemptions, format_plain(day.refunded),
            ]
        )  # fmt: skip
    return response


def _buckets(days: list[DayFigures]) -> list[Bucket]:
    """Days as they are, or weeks counted back from today where there are too many to draw."""
    size = 1 if len(days) <= 31 else 7
    found = []
    for end in range(len(days), 0, -size):
        week = days[max(0, end - size) : end]
        found.append(
            Bucket(
                week[0],
                week[-1],
                _sum([day.sold for day in week]),
                _sum([day.redeemed for day in week]),
                _sum([day.refunded for day in week]),
            )
        )
    return found[::-1]


def _sum(amounts: list[Money]) -> Money:
    return Money(sum(one.amount_minor for one in amounts), amounts[0].currency)


def _short(bucket: Bucket, today: DayFigures) -> str:
    if bucket.last_day.day == today.day:
        return _("Today")
    return moment_text(bucket.last_day.day, "short").rsplit(" ", 1)[0].rstrip(",")


def _long(bucket: Bucket) -> str:
    last = moment_text(bucket.last_day.day, "short")
    if bucket.first_day.day == bucket.last_day.day:
        return last
    return _("%(first)s to %(last)s") % {"first": moment_text(bucket.first_day.day, "short"), "last": last}


def _axis(currency: str) -> Callable[[int], str]:
    places = exponent(currency)

    def amount(minor: int) -> str:
        return money_text(Money(minor, currency), whole=minor % 10**places == 0)

    return amount


def _average(figures: HomeFigures) -> Money | None:
    times = figures.today.redemptions
    return (
        Money(figures.today.redeemed.amount_minor // times, figures.today.redeemed.currency)
        if times
        else None
    )


def _ages(figures: HomeFigures, amounts: list[int]) -> list[dict[str, object]]:
    words = [_("Under 1 month"), _("1 to 3 months"), _("3 to 12 months"), _("Over 12 months")]
    total = sum(amounts)
    return [
        {
            "word": word, "owed": one.outstanding, "x": x, "width": width, "number": number,
            "share": f"{one.outstanding.amount_minor * 1000 // total / 10:.1f}" if total else "0.0",
        }
        for number, (word, one, (x, width)) in enumerate(
            zip(words, figures.by_age, charts.shares(amounts), strict=True), start=1
        )
    ]  # fmt: skip


def _periods(days: int) -> list[dict[str, object]]:
    words = {14: _("14 days"), 91: _("Quarter"), 365: _("Year")}
    return [{"days": one, "word": word, "is_chosen": one == days} for one, word in words.items()]
