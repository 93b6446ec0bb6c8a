"""No cell of a file that people take away is run by a spreadsheet."""

import pytest

from giftwell.kit.csv_cells import safe_cells


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20A",
    ],
)
def test_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert safe_cells([cell]) == [f"'{cell}"]


def test_words_and_numbers_stay_as_they_are() -> None:
    row = ["Ada", "", "a=b", -5, 1.5, None, "card_1", "2026-11-24"]
    assert safe_cells(row) == row
