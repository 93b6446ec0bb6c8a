"""What a program and a product may be."""

from dataclasses import replace

import pytest

from giftwell.domain.catalog.rules import (
    ProductDetails,
    ProductIsInvalid,
    ProgramIsInvalid,
    ProgramRules,
    check_product,
    check_program,
)

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
    ],
)
def test_a_program_names_the_rule_that_does_not_hold(field: str, value: object) -> None:
    with pytest.raises(ProgramIsInvalid) as refusal:
        check_program(replace(ESCROW, **{field: value}))
    assert list(refusal.value.errors) == [field]


def test_a_direct_program_takes_no_commission_that_nothing_would_collect() -> None:
    check_program(replace(ESCROW, funding="direct", commission_bps=0))
    with pytest.raises(ProgramIsInvalid):
        check_program(replace(ESCROW, funding="direct"))


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
