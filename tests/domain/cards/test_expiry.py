"""Validity ends with a day where the merchant is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.domain.cards.expiry import expires_at
from giftwell.domain.catalog.models import Program
from giftwell.foundation.tenancy.models import Merchant


def _program(days: int | None, funding: str = "promo") -> Program:
    return Program(validity_days=days, funding=funding)


def _merchant(zone: str, country: str = "IE") -> Merchant:
    return Merchant(time_zone=zone, country=country)


def test_the_last_day_counts_to_its_end() -> None:
    ends = expires_at(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), _program(1826), _merchant("Europe/Dublin"))
    assert ends == datetime(2031, 11, 24, 23, 59, 59, 999999, tzinfo=UTC)


def test_it_is_the_merchants_day_and_not_the_servers() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    dublin = expires_at(late, _program(1), _merchant("Europe/Dublin"))
    assert dublin is not None
    assert dublin.astimezone(UTC) == datetime(2026, 7, 3, 22, 59, 59, 999999, tzinfo=UTC)


def test_a_program_without_validity_never_ends() -> None:
    assert expires_at(datetime(2026, 1, 1, tzinfo=UTC), _program(None), _merchant("UTC")) is None


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 4000),
    st.sampled_from(["Europe/Dublin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]),
)
def test_a_holder_never_gets_less_than_was_promised(activated: datetime, days: int, zone: str) -> None:
    ends = expires_at(activated, _program(days), _merchant(zone))
    assert ends is not None
    assert ends >= activated + timedelta(days=days) - timedelta(hours=1, microseconds=1)
    assert ends.astimezone(ZoneInfo(zone)).hour == 23


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_days_of_changing_clocks_end_at_midnight_too(day: str) -> None:
    ends = expires_at(
        datetime.fromisoformat(f"{day}T09:00:00+00:00"), _program(1), _merchant("Europe/Dublin")
    )
    assert ends is not None
    assert ends.astimezone(ZoneInfo("Europe/Dublin")).strftime("%H:%M") == "23:59"


@pytest.mark.parametrize(
    ("country", "begins", "days", "ends"),
    [
        # Five years of 2028 and 2032 are a day more than the program's 1,826.
        ("IE", datetime(2027, 6, 1, 12, tzinfo=UTC), 1826, "2032-06-01"),
        ("IE", datetime(2027, 6, 1, 12, tzinfo=UTC), 4000, "2038-05-14"),
        ("IE", datetime(2028, 2, 29, 12, tzinfo=UTC), 1825, "2033-03-01"),
        ("DE", datetime(2027, 1, 2, 12, tzinfo=UTC), 1095, "2030-12-31"),
        ("FR", datetime(2027, 1, 2, 12, tzinfo=UTC), 30, "2027-02-01"),
    ],
)
def test_paid_value_lasts_at_least_as_long_as_the_law_says(
    country: str, begins: datetime, days: int, ends: str
) -> None:
    for funding in ("escrow", "direct"):
        found = expires_at(begins, _program(days, funding), _merchant("UTC", country))
        assert found is not None
        assert found.date().isoformat() == ends


def test_where_the_law_forbids_an_end_there_is_none() -> None:
    begins = datetime(2027, 1, 2, tzinfo=UTC)
    assert expires_at(begins, _program(30, "escrow"), _merchant("America/Toronto", "CA")) is None
    assert expires_at(begins, _program(30), _merchant("America/Toronto", "CA")) is not None


def test_a_law_begins_on_its_day() -> None:
    zone = "Pacific/Auckland"
    before, after = (datetime(2026, 3, day, 12, tzinfo=ZoneInfo(zone)) for day in (15, 16))
    short, long = (expires_at(at, _program(30, "escrow"), _merchant(zone, "NZ")) for at in (before, after))
    assert short is not None
    assert long is not None
    assert (short.year, long.date().isoformat()) == (2026, "2029-03-16")
