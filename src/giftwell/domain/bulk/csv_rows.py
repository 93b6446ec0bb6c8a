"""The rows of a CSV file, as its bytes come in: never more of it in memory than a row and a piece."""

import codecs
import csv
from collections.abc import Iterable, Iterator

from giftwell.domain.bulk.limits import MOST_ROW_BYTES
from giftwell.domain.bulk.refusals import FileIsUnreadable

type NumberedRow = tuple[int, list[str]]

_DELIMITERS = ",;\t"


def csv_rows(pieces: Iterable[bytes]) -> Iterator[NumberedRow]:
    """Each row with the number of the line it begins on, the first row included; empty rows are left out.

    Commas, semicolons or tabs; UTF-8, or UTF-16 with its mark. Raises `FileIsUnreadable`.
    """
    lines = _lines(pieces)
    first = next(lines, None)
    if first is None:
        raise FileIsUnreadable("This file is empty.")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(_again(first, lines), delimiter=delimiter)
    begins = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error:
        raise FileIsUnreadable(
            f"The row on line {begins} has a cell that does not end. Look for a quotation mark too many."
        ) from None


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Lines with their ends, cut at line feeds; a carriage return without one is the reader's business."""
    number, rest = 0, ""
    for text in _decoded(pieces):
        *whole, rest = (rest + text).split("\n")
        for line in whole:
            number += 1
            yield line + "\n"
        if len(rest) > MOST_ROW_BYTES:
            raise FileIsUnreadable(f"Line {number + 1} is longer than any row could be. Is this a CSV file?")
    if rest:
        yield rest


def _decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    decoder, lines = None, 1
    for piece in pieces:
        if decoder is None:
            decoder = codecs.getincrementaldecoder(_encoding(piece))()
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError as error:
            lines += piece[: error.start].count(b"\n")
            raise _not_unicode(lines) from None
        if "\x00" in text:
            raise FileIsUnreadable("This is no text file. Save your table as CSV (UTF-8) or as XLSX.")
        lines += text.count("\n")
        yield text
    try:
        tail = decoder.decode(b"", final=True) if decoder else ""
    except UnicodeDecodeError:
        raise _not_unicode(lines) from None
    if tail:
        yield tail


def _encoding(start: bytes) -> str:
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _not_unicode(line: int) -> FileIsUnreadable:
    return FileIsUnreadable(
        f"Line {line} has signs in an old encoding, such as Windows-1252, that have no sure meaning."
        " Save the table as “CSV UTF-8” and send it again."
    )
