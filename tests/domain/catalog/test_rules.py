"""What a program and a product may be."""

from dataclasses import replace
from datetime import date

import pytest

from giftwell.domain.catalog.rules import (
    ProductDetails,
    ProductIsInvalid,
    ProgramIsInvalid,
    ProgramRules,
    check_product,
    check_program,
)
from giftwell.domain.catalog.validity import rule_for

ESCROW = ProgramRules(
    name="Gift cards",
    currency="EUR",
    funding="escrow",
    commission_bps=500,
    commission_fixed_minor=0,
    buyer_fee_minor=0,
    validity_days=1826,
    min_value_minor=500,
    max_value_minor=50_000,
)
FIXED = ProductDetails(name="Breakfast", kind="fixed", values=[(2500, 2300)])
RANGE = ProductDetails(name="Any value", kind="range", min_value_minor=1000, max_value_minor=25_000)


def test_sound_rules_pass() -> None:
    check_program(ESCROW)
    check_program(replace(ESCROW, validity_days=None))
    check_product(FIXED, lowest=500, highest=50_000)
    check_product(RANGE, lowest=500, highest=50_000)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 81),
        ("currency", "XXX"),
        ("funding", "free"),
        ("commission_bps", -1),
        ("commission_bps", 10_001),
        ("commission_fixed_minor", -1),
        ("buyer_fee_minor", -1),
        ("validity_days", 0),
        ("min_value_minor", 0),
        ("min_value_minor", 50_001),
        ("max_balance_minor", 49_999),
        ("max_spend_per_day_minor", 0),
        ("max_issue_per_day_minor", -5),
    ],
)
def test_a_program_names_the_rule_that_does_not_hold(field: str, value: object) -> None:
    with pytest.raises(ProgramIsInvalid) as refusal:
        check_program(replace(ESCROW, **{field: value}))
    assert list(refusal.value.errors) == [field]


def test_value_that_is_given_away_carries_no_commission() -> None:
    check_program(replace(ESCROW, funding="direct"))
    check_program(replace(ESCROW, funding="promo", commission_bps=0))
    with pytest.raises(ProgramIsInvalid):
        check_program(replace(ESCROW, funding="promo"))


def test_a_validity_below_the_law_names_its_rule() -> None:
    ireland, canada = (rule_for(country, date(2026, 11, 24)) for country in ("IE", "CA"))
    check_program(ESCROW, ireland)
    check_program(replace(ESCROW, validity_days=None), canada)
    check_program(replace(ESCROW, funding="promo", commission_bps=0, validity_days=7), ireland)
    for rule, days, code in ((ireland, 1824, "IE-2019"), (canada, 40_00, "CA-2007")):
        for funding in ("escrow", "direct"):
            with pytest.raises(ProgramIsInvalid) as refusal:
                check_program(replace(ESCROW, funding=funding, validity_days=days), rule)
            assert code in refusal.value.errors["validity_days"]


def test_a_rule_counts_from_its_day() -> None:
    assert rule_for("IE", date(2019, 12, 1)) is None
    assert rule_for("FR", date(2026, 1, 1)) is None
    found = rule_for("NZ", date(2026, 3, 16))
    assert found is not None
    assert found.earliest_end(date(2028, 2, 29)) == date(2031, 3, 1)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (replace(FIXED, name=""), "name"),
        (replace(FIXED, name="two\nlines"), "name"),
        (replace(FIXED, description="x" * 2001), "description"),
        (replace(FIXED, kind="auction"), "kind"),
        (replace(FIXED, values=[(2500, 2501)]), "values"),
        (replace(FIXED, values=[(2500, 0)]), "values"),
        (replace(FIXED, values=[(2500, 2500), (2500, 2400)]), "values"),
        (replace(FIXED, values=[(499, 400)]), "values"),
        (replace(FIXED, values=[(50_001, 50_001)]), "values"),
        (replace(FIXED, values=[(n, n) for n in range(500, 521)]), "values"),
        (replace(FIXED, min_value_minor=1000), "min_value_minor"),
        (replace(RANGE, max_value_minor=None), "min_value_minor"),
        (replace(RANGE, max_value_minor=999), "min_value_minor"),
        (replace(RANGE, max_value_minor=50_001), "max_value_minor"),
        (replace(RANGE, min_value_minor=499), "max_value_minor"),
    ],
)
def test_a_product_names_the_field_that_does_not_hold(details: ProductDetails, field: str) -> None:
    with pytest.raises(ProductIsInvalid) as refusal:
        check_product(details, lowest=500, highest=50_000)
    assert list(refusal.value.errors) == [field]
