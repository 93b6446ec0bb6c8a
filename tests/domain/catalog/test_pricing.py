"""A price follows from the product alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.domain.catalog.pricing import Offer, Price, ValueIsNotOffered, price_of

FIXED = Offer(currency="EUR", values=[(2500, 2500), (5000, 4800)])
RANGE = Offer(
    currency="EUR", values=[(5000, 4800)], min_value_minor=1000, max_value_minor=25_000, fee_minor=99
)


def test_a_listed_value_has_its_own_price() -> None:
    assert price_of(FIXED, 5000) == Price(value_minor=5000, price_minor=4800, discount_minor=200, fee_minor=0)


def test_a_fixed_product_has_no_other_value() -> None:
    with pytest.raises(ValueIsNotOffered):
        price_of(FIXED, 3000)


def test_a_listed_value_is_cheaper_inside_a_range_too() -> None:
    assert price_of(RANGE, 5000).price_minor == 4800


def test_the_fee_of_the_program_comes_on_top() -> None:
    price = price_of(RANGE, 1234)
    assert (price.price_minor, price.discount_minor, price.fee_minor, price.total_minor) == (
        1234,
        0,
        99,
        1333,
    )


@given(st.integers(-(10**13), 10**13))
def test_a_range_sells_within_its_bounds_and_at_no_more_than_the_value(value: int) -> None:
    if 1000 <= value <= 25_000:
        price = price_of(RANGE, value)
        assert 0 < price.price_minor <= value
        assert price.price_minor + price.discount_minor == value
    else:
        with pytest.raises(ValueIsNotOffered):
            price_of(RANGE, value)
