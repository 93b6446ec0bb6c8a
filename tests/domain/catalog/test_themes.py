"""The stylesheet of a merchant's colours is safe to serve."""

import pytest

from giftwell.domain.catalog.colours import InvalidColour, Palette
from giftwell.domain.catalog.terms import HOUSE
from giftwell.domain.catalog.themes import theme_css


def test_each_class_has_the_four_properties_of_a_card() -> None:
    css = theme_css({"theme-m-fern": HOUSE})
    assert css.startswith("@layer tokens {")
    assert (
        ".theme-m-fern { --card-ground: oklch(0.35 0.05 228); --card-figure: oklch(0.445 0.07 224); "
        "--card-foil: oklch(0.86 0.075 85); --card-ink: oklch(0.985 0.01 85); }"
    ) in css


def test_no_colour_can_break_out_of_its_rule() -> None:
    evil = Palette(ground="red; } body { display: none", figure=HOUSE.figure, foil=HOUSE.foil, ink=HOUSE.ink)
    with pytest.raises(InvalidColour):
        theme_css({"theme-m-fern": evil})


@pytest.mark.parametrize("name", ["body", "theme-a b", "theme-x{}", "theme-X"])
def test_no_class_can_break_out_of_its_rule(name: str) -> None:
    with pytest.raises(ValueError, match="class"):
        theme_css({name: HOUSE})
