"""The chart and the legs: pure, so every rule of rounding is tried without a database."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.domain.ledger import chart
from giftwell.domain.ledger.chart import AccountKind, Leg, commission_on, commission_returned


def sums(legs: chart.Legs) -> dict[int, int]:
    """Credits less debits by account, zeros left out."""
    totals: dict[int, int] = {}
    for leg in legs:
        totals[leg.debit] = totals.get(leg.debit, 0) - leg.amount_minor
        totals[leg.credit] = totals.get(leg.credit, 0) + leg.amount_minor
    return {account: total for account, total in totals.items() if total}


def test_every_kind_of_account_has_one_side_and_one_owner() -> None:
    sides = (chart.ASSETS, chart.LIABILITIES, chart.INCOME, chart.EXPENSE)
    for one, other in itertools.combinations(sides, 2):
        assert not one & other
    assert frozenset.union(*sides) == frozenset(AccountKind)
    assert frozenset(AccountKind) == chart.MERCHANT_KINDS | chart.PLATFORM_KINDS
    assert not chart.MERCHANT_KINDS & chart.PLATFORM_KINDS
    assert chart.GUARDED <= chart.MERCHANT_KINDS


@pytest.mark.parametrize(
    ("amount", "bps", "fixed", "expected"),
    [
        (1_000, 250, 0, 25),
        (1, 250, 0, 0),
        (20, 250, 0, 1),  # half a cent is rounded up
        (19, 250, 0, 0),
        (1_000, 0, 30, 30),
        (10, 250, 30, 10),  # never more than the amount
        (1_000, 10_000, 0, 1_000),
        (999_999_999_999, 10_000, 1, 999_999_999_999),
    ],
)
def test_commission_is_rounded_half_up_and_at_most_the_amount(
    amount: int, bps: int, fixed: int, expected: int
) -> None:
    assert commission_on(amount, bps=bps, fixed_minor=fixed) == expected


@given(
    st.lists(st.integers(1, 10**12), min_size=1, max_size=12), st.integers(0, 10_000), st.integers(0, 1_000)
)
def test_partial_refunds_together_return_the_whole_commission(parts: list[int], bps: int, fixed: int) -> None:
    captured = sum(parts)
    commission = commission_on(captured, bps=bps, fixed_minor=fixed)
    refunded = returned = 0
    for part in parts:
        back = commission_returned(
            commission, captured_minor=captured, refunded_minor=refunded, amount_minor=part
        )
        assert 0 <= back <= part
        refunded, returned = refunded + part, returned + back
        # At every step within half a minor unit of the exact share.
        assert abs(2 * returned * captured - 2 * commission * refunded) <= captured
    assert returned == commission


def test_a_sale_with_discount_and_fee_loads_the_whole_value() -> None:
    legs = chart.fulfil(
        unapplied=1, card=2, pending=3, fees=4, value_minor=5_000, discount_minor=500, fee_minor=50
    )
    # The buyer paid 45.00 and the fee; the discount is the merchant's, never the platform's.
    assert sums(legs) == {1: -4_550, 2: 5_000, 3: -500, 4: 50}


def test_legs_of_zero_are_left_out() -> None:
    assert chart.fulfil(unapplied=1, card=2, pending=3, fees=4, value_minor=5_000) == (Leg(1, 2, 5_000),)
    whole = chart.redeem(card=2, pending=3, commission=5, amount_minor=10, commission_minor=10)
    assert whole == (Leg(2, 5, 10),)


@pytest.mark.parametrize(
    ("unspent", "discount", "expected"),
    [
        (5_000, 500, {2: -5_000, 3: 500, 6: 4_500}),
        (300, 500, {2: -300, 3: 300}),  # first the merchant's discount
        (5_000, 0, {2: -5_000, 6: 5_000}),
    ],
)
def test_an_order_refund_gives_the_discount_back_first(
    unspent: int, discount: int, expected: dict[int, int]
) -> None:
    legs = chart.refund_order(
        card=2, pending=3, refunds_due=6, unspent_minor=unspent, discount_minor=discount
    )
    assert sums(legs) == expected


def test_a_redemption_and_its_whole_refund_cancel_out() -> None:
    taken = chart.redeem(card=2, pending=3, commission=5, amount_minor=999, commission_minor=25)
    given_back = chart.refund(card=2, pending=3, commission=5, amount_minor=999, commission_minor=25)
    assert sums(taken + given_back) == {}
    assert sums(taken + chart.mirror(taken)) == {}
    assert (
        sums(
            chart.redeem_issued(card=2, issued=7, amount_minor=9)
            + chart.refund_issued(card=2, issued=7, amount_minor=9)
        )
        == {}
    )


def test_a_payment_that_comes_to_nothing_leaves_nothing() -> None:
    legs = (
        chart.settle(processor=1, unapplied=2, paid_minor=4_550)
        + chart.refund_due(unapplied=2, refunds_due=3, paid_minor=4_550)
        + chart.refund_sent(refunds_due=3, processor=1, amount_minor=4_550)
    )
    assert sums(legs) == {}


def test_a_direct_card_that_the_merchant_was_paid_for_owes_the_commission() -> None:
    legs = chart.issue_collected(
        issued=7, card=2, receivable=8, commission=5, value_minor=5_000, commission_minor=125
    )
    assert sums(legs) == {7: -5_000, 2: 5_000, 8: -125, 5: 125}
    assert sums(chart.issue(issued=7, card=2, value_minor=5_000)) == {7: -5_000, 2: 5_000}
