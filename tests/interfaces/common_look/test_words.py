"""Amounts, instants and states in the reader's words."""

from datetime import UTC, date, datetime

import pytest

from giftwell.interfaces.common.templatetags.words import (
    exact,
    moment_text,
    money_text,
    reader_locale,
    split_minor,
    state,
)
from giftwell.kit.money import Money

LATE = datetime(2031, 11, 2, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minor", "currency", "text", "whole"),
    [
        (5000, "EUR", "€50.00", "€50"),
        (5050, "EUR", "€50.50", "€50.50"),
        (100_000, "EUR", "€1,000.00", "€1,000"),
        (0, "EUR", "€0.00", "€0"),
        (-1250, "EUR", "−€12.50", "−€12.50"),  # noqa: RUF001 - a minus, as the look wants it
    ],
)
def test_an_amount_keeps_its_minor_part_unless_it_is_zero_on_a_card(minor, currency, text, whole):
    assert money_text(minor, currency) == text
    assert money_text(Money(minor, currency), whole=True) == whole


def test_an_amount_of_a_currency_without_decimals_loses_nothing():
    assert money_text(5000, "JPY", whole=True) == money_text(5000, "JPY")
    assert money_text(5000, "JPY").endswith("5,000")


def test_an_amount_with_three_decimals_keeps_all_of_them():
    assert money_text(1_234_567, "KWD").endswith("1,234.567")
    assert money_text(1_234_000, "KWD", whole=True).endswith("1,234")


def test_a_headline_figure_is_split_before_its_minor_part():
    assert split_minor("€1,275.00") == ("€1,275", ".00")
    assert split_minor("¥1,275") == ("¥1,275", "")


def test_dates_are_written_so_that_nobody_misreads_the_month(settings):
    assert reader_locale() == "en_IE"
    assert moment_text(date(2031, 11, 2)) == "2 November 2031"
    assert moment_text(LATE, "short", "UTC") == "2 Nov 2031"


def test_a_moment_is_told_by_the_clock_of_its_place():
    assert moment_text(LATE, "day", "Asia/Tokyo") == "3 November 2031"
    assert moment_text(LATE, "time", "Asia/Tokyo") == "08:59"
    assert moment_text(LATE, "moment", "UTC") == "2 November 2031, 23:59"


def test_the_exact_instant_names_the_place_whose_clock_it_is():
    assert exact(LATE, "America/New_York") == "2 November 2031, 18:59:59 in New York"
    assert "2 November 2031" in exact(date(2031, 11, 2))


def test_a_state_that_nobody_thought_of_is_said_as_written():
    assert state("active") == ("good", "Active")
    assert state("in_the_post") == ("", "In the post")
