"""Cells of a CSV file that a spreadsheet would run instead of show."""

from collections.abc import Iterable

# What begins a formula, in full width too; a tab or a line's end may stand before it and be dropped.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cells(cells: Iterable[object]) -> list[object]:
    """The cells of a row for a CSV file: a text that a spreadsheet would run gets an apostrophe before it.

    Numbers stay as they are, negative ones too.
    """
    return [f"'{one}" if isinstance(one, str) and one.startswith(_RUNS) else one for one in cells]
