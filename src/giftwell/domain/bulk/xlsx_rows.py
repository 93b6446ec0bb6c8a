"""The rows of a workbook's first sheet, read as a stream, and nothing unpacked that would not end."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from giftwell.domain.bulk.csv_rows import NumberedRow
from giftwell.domain.bulk.limits import (
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_ROW_BYTES,
    MOST_ROWS,
    MOST_STRINGS_BYTES,
    MOST_UNPACKED_BYTES,
)
from giftwell.domain.bulk.refusals import FileIsUnreadable

_NO_WORKBOOK = "This is no workbook that can be read. Save your table as XLSX or as CSV (UTF-8)."


def xlsx_rows(file: IO[bytes]) -> Iterator[NumberedRow]:
    """Each row of the first sheet with its number, as texts; empty rows are left out.

    Of a formula its last result counts. Raises `FileIsUnreadable`.
    """
    _refuse_bomb(file)
    try:
        yield from _rows(file)
    except FileIsUnreadable:
        raise
    # A library for a format of this age raises whatever it stumbles over; none of it is ours.
    except Exception as error:
        raise FileIsUnreadable(_NO_WORKBOOK) from error


def _rows(file: IO[bytes]) -> Iterator[NumberedRow]:
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        sheet = book.worksheets[0]
        assert isinstance(sheet, ReadOnlyWorksheet)
        # What the sheet says of its own size is not believed.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), start=1):
            # A row may be numbered far behind the last one: the gap is not walked through for ever.
            if number > MOST_ROWS + MOST_PARTS:
                raise FileIsUnreadable(f"This sheet goes on below row {MOST_ROWS:,}. Split it in parts.")
            row = [_text(cell) for cell in cells]
            if any(row):
                yield number, row
    finally:
        book.close()


def _refuse_bomb(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileIsUnreadable(_NO_WORKBOOK) from error
    strings = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    whole = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or whole > MOST_UNPACKED_BYTES or strings > MOST_STRINGS_BYTES:
        raise FileIsUnreadable(
            "This workbook unpacks to more than any table could need. Save it as CSV (UTF-8)."
        )
    if any(part.flag_bits & 1 for part in parts):
        raise FileIsUnreadable("This workbook has a password. Save it without one, or as CSV (UTF-8).")
    file.seek(0)


def _text(cell: Any) -> str:
    """A cell as a person would read it: whole numbers without a point, days as year-month-day."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    if len(text) > MOST_ROW_BYTES:
        raise FileIsUnreadable("A cell holds more than any row could. Is this the right workbook?")
    return text.strip()
