"""Money.

Integers of the minor unit, whatever its decimals; never a float, never two currencies in one sum.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.kit import money as kit_money
from giftwell.kit.money import (
    MAX_MINOR,
    CurrencyMismatch,
    InvalidAmount,
    Money,
    UnknownCurrency,
    exponent,
    format_money,
    format_plain,
    is_currency,
    parse_amount,
    share,
)

minor = st.integers(min_value=0, max_value=MAX_MINOR)
currencies = st.sampled_from(sorted(kit_money._currencies()))


@pytest.mark.parametrize(
    ("currency", "decimals"), [("JPY", 0), ("EUR", 2), ("KWD", 3), ("ISK", 0), ("IQD", 3)]
)
def test_the_exponent_is_that_of_iso_4217(currency, decimals):
    assert exponent(currency) == decimals


@pytest.mark.parametrize("text", ["", "eur", "EURO", "XXX", "XAU", "XTS", "DEM", "€", "EUR "])
def test_what_is_no_currency_in_use_is_refused(text):
    assert not is_currency(text)
    with pytest.raises(UnknownCurrency):
        exponent(text)
    with pytest.raises(UnknownCurrency):
        Money(1, text)


@pytest.mark.parametrize("amount", [1.0, True, "1", Decimal(1), None])
def test_an_amount_that_is_not_an_integer_is_a_bug(amount):
    with pytest.raises(TypeError):
        Money(amount, "EUR")


@given(minor, minor)
def test_sums_and_differences_are_exact(one, other):
    total = Money(one, "EUR") + Money(other, "EUR")
    assert total == Money(one + other, "EUR")
    assert total - Money(other, "EUR") == Money(one, "EUR")
    assert (-total).amount_minor == -total.amount_minor
    assert (Money(one, "EUR") < Money(other, "EUR")) == (one < other)
    assert (Money(one, "EUR") >= Money(other, "EUR")) == (one >= other)
    assert (Money(one, "EUR") > Money(other, "EUR")) == (one > other)
    assert (Money(one, "EUR") <= Money(other, "EUR")) == (one <= other)


def test_an_amount_is_neither_above_nor_below_itself():
    same = Money(5, "EUR"), Money(5, "EUR")
    assert (same[0] > same[1], same[0] < same[1]) == (False, False)
    assert (same[0] >= same[1], same[0] <= same[1]) == (True, True)


def test_two_currencies_never_meet():
    euro, yen = Money(1, "EUR"), Money(1, "JPY")
    for meet in (
        lambda: euro + yen,
        lambda: euro - yen,
        lambda: euro < yen,
        lambda: euro <= yen,
        lambda: euro > yen,
        lambda: euro >= yen,
    ):
        with pytest.raises(CurrencyMismatch):
            meet()
    assert euro != yen


def test_amounts_are_written_as_the_locale_writes_them():
    assert format_money(Money(2550, "EUR"), "en-IE") == "€25.50"
    assert format_money(Money(-2550, "EUR"), "en-IE") == "\u2212€25.50"
    assert format_money(Money(123456, "EUR"), "de") == "1.234,56\u00a0€"
    assert format_money(Money(1234, "JPY"), "en") == "¥1,234"
    assert format_money(Money(1234567, "KWD"), "en") == "KWD\u00a01,234.567"
    assert format_money(Money(5, "IQD"), "en") == "IQD\u00a00.005"
    assert format_money(Money(5, "EUR"), "no-such-locale-at-all") == format_money(Money(5, "EUR"), "no")
    assert format_money(Money(5, "EUR"), "?!") == "€0.05"


@given(minor, currencies)
def test_plain_text_holds_every_decimal_and_reads_back(amount, currency):
    text = format_plain(Money(amount, currency))
    assert len(text.partition(".")[2]) == exponent(currency)
    assert parse_amount(text, currency) == amount


@given(minor, currencies, st.sampled_from(["en", "de-DE", "fr", "de-CH", "en-IN", "sv", "pt-BR", "es"]))
def test_what_a_locale_writes_it_also_reads(amount, currency, locale):
    where = kit_money._locale(locale)
    pattern = kit_money._pattern(where, exponent(currency))
    text = pattern.apply(
        Decimal(amount).scaleb(-exponent(currency)), where, currency="", currency_digits=False
    )
    assert parse_amount(text.strip("\u00a0 "), currency, locale) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        ",",
        "-5",
        "+5",
        "1e5",
        "NaN",
        "Infinity",
        "25,00",
        "1.2.3",
        "0x10",
        "٣",
        "5 EUR",
        "1,2",
        "1\x00",
    ],
)
def test_what_is_not_plainly_an_amount_is_refused(text):
    with pytest.raises(InvalidAmount):
        parse_amount(text, "EUR", "en")


def test_another_localess_separators_are_refused_and_never_guessed():
    assert parse_amount("1.234,50", "EUR", "de") == 123450
    with pytest.raises(InvalidAmount):
        parse_amount("25.00", "EUR", "de")


def test_more_decimals_than_the_currency_has_are_refused():
    assert parse_amount("1.500", "EUR") == 150
    with pytest.raises(InvalidAmount):
        parse_amount("1.005", "EUR")
    with pytest.raises(InvalidAmount):
        parse_amount("1.5", "JPY")
    assert parse_amount("1.005", "KWD") == 1005


def test_an_amount_beyond_the_largest_is_refused():
    assert parse_amount("9999999999.99", "EUR") == MAX_MINOR
    with pytest.raises(InvalidAmount):
        parse_amount("10000000000.00", "EUR")
    with pytest.raises(InvalidAmount):
        parse_amount("9" * 41, "EUR")


@given(st.integers(-MAX_MINOR, MAX_MINOR), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_add_up_to_the_total_and_stay_within_one_unit(total, weights):
    if sum(weights) == 0:
        with pytest.raises(ValueError, match="weights"):
            share(total, weights)
        return
    parts = share(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < whole
        assert weight or not part


def test_the_units_left_over_go_to_the_largest_remainders():
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(10, [5, 3, 2]) == [5, 3, 2]
    assert share(5, [1, 2]) == [2, 3]
    with pytest.raises(ValueError, match="weights"):
        share(1, [2, -1])
    with pytest.raises(ValueError, match="weights"):
        share(1, [])
