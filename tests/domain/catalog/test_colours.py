"""Which colours a card may have."""

import re
from pathlib import Path

import pytest

from giftwell.domain.catalog import terms
from giftwell.domain.catalog.colours import InvalidColour, TooLittleContrast, canonical, contrast, palette

THEMES = Path("src/giftwell/interfaces/common/static/giftwell/css/themes.css")
FERN = {
    "ground": "oklch(0.375 0.062 158)",
    "figure": "oklch(0.462 0.08 153)",
    "foil": "oklch(0.86 0.105 92)",
    "ink": "oklch(0.985 0.018 100)",
}


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


def test_a_hex_colour_and_its_oklch_are_the_same_colour() -> None:
    assert canonical("#FF0000") == "oklch(0.628 0.2577 29.2339)"
    assert contrast("#ff0000", canonical("#ff0000")) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("text", ["oklch(37.5% 0.062 158)", " OKLCH( 0.375  0.0620 158.0 ) "])
def test_one_colour_has_one_spelling(text: str) -> None:
    assert canonical(text) == "oklch(0.375 0.062 158)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "red",
        "#fff",
        "oklch(1.2 0 0)",
        "oklch(0.5 0.5 0)",
        "oklch(0.5 0.1 400)",
        "oklch(0.5 0.1 0 / 0.5)",
        "oklch(0.5 0.1 0); } body { display: none",
        "oklch(\u0661 0.1 0)",
        "var(--ink)",
    ],
)
def test_what_is_no_plain_colour_is_refused(text: str) -> None:
    with pytest.raises(InvalidColour):
        canonical(text)


def test_the_themes_of_the_look_are_all_legible() -> None:
    themes = re.findall(r"\.theme-\w+ \{(.*?)\}", THEMES.read_text(), re.DOTALL)
    assert len(themes) >= 8
    for css in themes:
        palette(dict(re.findall(r"--card-(\w+): (oklch\([^)]*\))", css)))


def test_the_designs_a_shop_starts_with_are_legible() -> None:
    for _, _, colours in terms.DESIGNS:
        palette({name: getattr(colours, name) for name in ("ground", "figure", "foil", "ink")})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ink": "oklch(0.6 0.02 100)"}, "ink"),
        ({"figure": "oklch(0.8 0.08 153)"}, "figure"),
        ({"foil": "oklch(0.42 0.06 158)"}, "foil"),
    ],
)
def test_words_and_lines_that_would_not_show_are_refused_by_name(changed: dict[str, str], field: str) -> None:
    with pytest.raises(TooLittleContrast) as refusal:
        palette(FERN | changed)
    assert list(refusal.value.errors) == [field]


def test_every_missing_colour_is_named() -> None:
    with pytest.raises(InvalidColour) as refusal:
        palette({"ground": FERN["ground"], "ink": "blue"})
    assert set(refusal.value.errors) == {"figure", "foil", "ink"}
