"""Days are the merchant's own."""

from datetime import UTC, date, datetime

from giftwell.domain.reports.days import beginning, last_days


def test_today_is_the_merchants_today() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert last_days(late, 2, "Europe/Dublin") == [date(2026, 6, 30), date(2026, 7, 1)]
    assert last_days(late, 1, "America/New_York") == [date(2026, 6, 30)]


def test_a_day_of_changing_clocks_is_as_long_as_it_is() -> None:
    def hours(day: int, month: int) -> float:
        return (
            beginning(date(2026, month, day + 1), "Europe/Dublin").astimezone(UTC)
            - beginning(date(2026, month, day), "Europe/Dublin").astimezone(UTC)
        ).total_seconds() / 3600

    assert hours(29, 3) == 23
    assert hours(25, 10) == 25
    assert hours(24, 11) == 24
