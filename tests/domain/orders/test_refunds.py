"""How unspent value splits between payer and discount."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.domain.orders.refunds import (
    NothingToRefund,
    RefundExceedsUnspent,
    RefundIsInvalid,
    split,
)


@dataclass
class Sold:
    """A card of some discount, of which a part went back before."""

    discount_minor: int
    refunded_discount_minor: int = 0
    value_minor: int = 5000
    refunded_value_minor: int = 0


@pytest.mark.parametrize(
    ("discount", "gone", "available", "asked", "to_merchant", "to_payer"),
    [
        (0, 0, 5000, None, 0, 5000),
        (500, 0, 5000, None, 500, 4500),
        (500, 0, 4000, None, 500, 3500),
        (500, 0, 5000, 1000, 500, 500),
        (500, 500, 4000, None, 0, 4000),
        (500, 200, 4000, 1000, 300, 700),
    ],
)
def test_the_discount_goes_back_first(
    discount: int, gone: int, available: int, asked: int | None, to_merchant: int, to_payer: int
) -> None:
    parts = split(Sold(discount, gone), available, asked)
    assert (parts.discount_minor, parts.amount_minor) == (to_merchant, to_payer)


def test_more_than_is_left_is_refused() -> None:
    with pytest.raises(RefundExceedsUnspent):
        split(Sold(0), 999, 1000)


def test_value_that_came_onto_the_card_otherwise_is_not_this_sales_to_give_back() -> None:
    sold = Sold(0, refunded_value_minor=1000)

    with pytest.raises(RefundExceedsUnspent):
        split(sold, 9000, 4001)
    assert split(sold, 9000, None).amount_minor == 4000


@pytest.mark.parametrize("asked", [0, -1])
def test_nothing_and_less_is_refused(asked: int) -> None:
    with pytest.raises(RefundIsInvalid):
        split(Sold(0), 1000, asked)


@pytest.mark.parametrize(
    ("discount", "available", "asked"), [(500, 500, None), (0, 0, None), (500, 900, 500)]
)
def test_a_payer_who_spent_what_they_paid_gets_nothing(
    discount: int, available: int, asked: int | None
) -> None:
    with pytest.raises(NothingToRefund):
        split(Sold(discount), available, asked)


@given(st.data())
def test_no_series_of_refunds_gives_a_payer_more_than_they_paid(data: st.DataObject) -> None:
    value = data.draw(st.integers(1, 10_000))
    discount = data.draw(st.integers(0, value - 1))
    spent = data.draw(st.integers(0, value))
    added = data.draw(st.integers(0, 5_000))
    sold, left, paid_back = Sold(discount, value_minor=value), value - spent + added, 0
    for asked in data.draw(st.lists(st.integers(1, value), max_size=8)):
        try:
            parts = split(sold, left, asked)
        except (NothingToRefund, RefundExceedsUnspent):
            continue
        left -= parts.value_minor
        sold.refunded_discount_minor += parts.discount_minor
        sold.refunded_value_minor += parts.value_minor
        paid_back += parts.amount_minor
    assert paid_back <= value - discount
    assert paid_back <= max(0, value - discount - spent + added)
    assert sold.refunded_discount_minor <= discount
    assert left >= 0
