"""From a file to judged rows: which kind of file it is, its heading, and each row by the rules."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from giftwell.domain.bulk import columns
from giftwell.domain.bulk.csv_rows import NumberedRow, csv_rows
from giftwell.domain.bulk.limits import MOST_ROWS
from giftwell.domain.bulk.models import Batch, Kind
from giftwell.domain.bulk.refusals import FileIsUnreadable
from giftwell.domain.bulk.row_rules import Fault, GoodRow, RowRules
from giftwell.domain.bulk.xlsx_rows import xlsx_rows
from giftwell.domain.cards.expiry import end_of, expires_at, lawful_rule
from giftwell.foundation.tenancy.models import Merchant

type Judged = tuple[int, GoodRow | list[Fault]]

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def judged_rows(
    batch: Batch, merchant: Merchant, pieces: Iterable[bytes], *, now: datetime
) -> Iterator[Judged]:
    """Each row of the batch's file, numbered as people count them, sound or with its faults.

    Raises `FileIsUnreadable` for what is wrong with the whole.
    """
    with ExitStack() as stack:
        rows = _rows(iter(pieces), stack)
        first, names = next(rows, (0, []))
        # Rows without a word are left out, so a heading that is empty shows in the number of the next.
        if first > 1:
            names = []
        wanted = columns.IMPORT if batch.kind == Kind.IMPORT else columns.ISSUE
        heading = columns.heading_of(names, wanted)
        rules = replace(_rules(batch, merchant, now), is_minor=heading.is_minor)
        for count, (number, row) in enumerate(rows, start=1):
            if count > MOST_ROWS:
                raise FileIsUnreadable(f"This file has more than {MOST_ROWS:,} rows. Split it in parts.")
            if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
                yield number, [Fault("row", "This row has more cells than the first row has names.")]
            else:
                yield number, rules.judge(heading.cells(row))


def _rows(pieces: Iterator[bytes], stack: ExitStack) -> Iterator[NumberedRow]:
    """By what the file is, not by what its name says."""
    first = next(pieces, b"")
    if first.startswith(_OLD_EXCEL):
        raise FileIsUnreadable("This is a workbook of before 2007, or one with a password. Save it as XLSX.")
    if not first.startswith(_ZIP):
        return csv_rows(chain([first], pieces))
    # An archive is read from its end. The file has no name, and is gone when it is closed.
    file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    for piece in chain([first], pieces):
        file.write(piece)
    file.seek(0)
    return xlsx_rows(file)


def _rules(batch: Batch, merchant: Merchant, now: datetime) -> RowRules:
    program = batch.program
    today = now.astimezone(ZoneInfo(merchant.time_zone)).date()
    is_import = batch.kind == Kind.IMPORT
    # What another system sold began there, on a day that is not known here.
    law = None if is_import else lawful_rule(program, merchant, today)
    earliest = law.earliest_end(today) if law else None
    return RowRules(
        currency=batch.currency,
        least_minor=1 if is_import else program.min_value_minor,
        most_minor=max(program.max_value_minor, (program.max_balance_minor or 0) if is_import else 0),
        is_minor=False,
        has_codes=is_import,
        today=today,
        default_end=expires_at(now, program, merchant),
        end_of=lambda day: end_of(day, merchant),
        earliest_day=earliest,
        never_ends=law is not None and earliest is None,
    )
