"""Validity ends with a day where the merchant is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.domain.cards.expiry import expires_at


def test_the_last_day_counts_to_its_end() -> None:
    ends = expires_at(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), 1826, "Europe/Dublin")
    assert ends == datetime(2031, 11, 24, 23, 59, 59, 999999, tzinfo=UTC)


def test_it_is_the_merchants_day_and_not_the_servers() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    dublin = expires_at(late, 1, "Europe/Dublin")
    assert dublin is not None
    assert dublin.astimezone(UTC) == datetime(2026, 7, 3, 22, 59, 59, 999999, tzinfo=UTC)


def test_a_program_without_validity_never_ends() -> None:
    assert expires_at(datetime(2026, 1, 1, tzinfo=UTC), None, "UTC") is None


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 4000),
    st.sampled_from(["Europe/Dublin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]),
)
def test_a_holder_never_gets_less_than_was_promised(activated: datetime, days: int, zone: str) -> None:
    ends = expires_at(activated, days, zone)
    assert ends is not None
    assert ends >= activated + timedelta(days=days) - timedelta(hours=1, microseconds=1)
    assert ends.astimezone(ZoneInfo(zone)).hour == 23


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_days_of_changing_clocks_end_at_midnight_too(day: str) -> None:
    ends = expires_at(datetime.fromisoformat(f"{day}T09:00:00+00:00"), 1, "Europe/Dublin")
    assert ends is not None
    assert ends.astimezone(ZoneInfo("Europe/Dublin")).strftime("%H:%M") == "23:59"
