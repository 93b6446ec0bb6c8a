"""Files: each row is judged before anything is written, and no file breaks what reads it."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from openpyxl import Workbook

from giftwell.domain.bulk import file_rows
from giftwell.domain.bulk.confirm_batch import BatchHasBadRows, BatchHasNoGoodRows
from giftwell.domain.bulk.csv_rows import csv_rows
from giftwell.domain.bulk.models import Batch, Kind, Piece
from giftwell.domain.bulk.refusals import FileIsUnreadable
from giftwell.domain.bulk.xlsx_rows import xlsx_rows
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from tests.factories.bulk import cards_of_batch, checked, confirm, problems_of, run
from tests.factories.catalog import make_program, make_shop


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def read(content: bytes, *, piece: int = 7) -> list[list[str]]:
    pieces = (content[at : at + piece] for at in range(0, len(content), piece))
    return [row for _, row in csv_rows(pieces)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_as_people_save_it(delimiter, encoding, end):
    text = end.join(
        delimiter.join(row) for row in (("value", "reference"), ("25.00", "Zoë ☂"), ("5", '"a""b"'))
    )
    assert read(text.encode(encoding)) == [["value", "reference"], ["25.00", "Zoë ☂"], ["5", 'a"b']]


def test_rows_are_numbered_as_an_editor_numbers_their_lines():
    content = b'value,reference\n\n5,"two\nlines"\n6,x\n'
    assert [number for number, _ in csv_rows([content])] == [1, 3, 5]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"value\n5\x00\n", "no text file"),
        ("value,reference\n5,Zoë\n".encode("cp1252"), "Line 2"),
        (b'value\n"' + b"x" * 300_000, "longer than any row"),
        (b"value\n" + b'"' + b"x\n" * 100_000, "does not end"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)), "Line 1"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(content, says):
    with pytest.raises(FileIsUnreadable, match=says):
        read(content, piece=4096)


def test_of_an_endless_row_only_a_little_is_held():
    def endless() -> Iterator[bytes]:
        for taken in range(1_000_000):
            assert taken < 100, "it should have been refused by now"
            yield b"x" * 4096

    with pytest.raises(FileIsUnreadable):
        list(csv_rows(endless()))


def bomb(*, size: int, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook of a few kilobytes that says it unpacks to this much."""
    file = io.BytesIO(workbook(("value",), (5,)))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name + ".x", "w") as part:
        for _ in range(size // 2**20):
            part.write(bytes(2**20))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04 and then something else", "no workbook"),
        (bomb(size=420 * 2**20), "unpacks"),
        (workbook(("value",))[:-200], "no workbook"),
    ],
)
def test_a_workbook_that_is_none_or_would_burst_is_refused(content, says):
    with pytest.raises(FileIsUnreadable, match=says):
        list(xlsx_rows(io.BytesIO(content)))


def test_a_row_numbered_far_behind_the_last_does_not_run_for_ever():
    file = io.BytesIO(workbook(("value",), (5,)))
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                text = text.replace(b'<row r="2"', b'<row r="999999999"').replace(
                    b'r="A2"', b'r="A999999999"'
                )
            new.writestr(part, text)
    with pytest.raises(FileIsUnreadable):
        list(xlsx_rows(out))


def test_an_entity_that_grows_is_refused():
    file, out = io.BytesIO(workbook(("value",), (5,))), io.BytesIO()
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            new.writestr(part, laughs + text if part.filename.endswith("sheet1.xml") else text)
    with pytest.raises(FileIsUnreadable):
        list(xlsx_rows(out))


@pytest.mark.django_db
class TestChecking:
    """What a check says of a file, and what of it is written."""

    @pytest.mark.parametrize(
        ("heading", "says"),
        [
            (b"value,value", "value twice"),
            (b"value,value_minor", "value twice"),
            (b"reference", "does not name value"),
            (b"value,colour", "not known here: colour"),
            (b",,", "first row is empty"),
            (b"\nvalue", "first row is empty"),
            (b"5,6", "not known here"),
        ],
    )
    def test_a_wrong_heading_is_told_and_nothing_is_kept(self, heading, says):
        batch = checked(make_shop(), heading + b"\n5,5\n")
        assert (batch.stage, batch.cards_wanted) == ("unreadable", 0)
        assert says in batch.reason

    def test_a_row_of_data_below_an_empty_first_row_of_a_workbook_names_no_columns(self):
        content = workbook((None,), ("value",), (5,))
        assert "first row is empty" in checked(make_shop(), content).reason

    @pytest.mark.parametrize("amount", ["1,000", "1.000", "12,500"])
    def test_what_may_be_thousands_or_a_fraction_is_refused_with_how_to_write_it(self, amount):
        batch = checked(make_shop(), f'value\n"{amount}"\n'.encode())
        with scope.merchant(batch.merchant_id), reading():
            ((row, says),) = batch.problems.values_list("row", "says")
        assert (row, batch.cards_wanted) == (2, 0)
        assert "Write a thousand as 1000" in says

    @pytest.mark.parametrize(
        ("currency", "amount", "value_minor"),
        [("EUR", "12,5", 1250), ("EUR", "12,50", 1250), ("KWD", "12.500", 12500), ("KWD", "1,000", None)],
    )
    def test_a_mark_that_has_one_meaning_is_read(self, currency, amount, value_minor):
        shop = make_shop(currency=currency)
        program = make_program(shop, funding="promo")
        batch = checked(shop, f'value\n"{amount}"\n'.encode(), program=program)
        assert batch.wanted_minor == (value_minor or 0)

    def test_a_heading_without_rows_is_unreadable(self):
        assert checked(make_shop(), b"value\n\n").stage == "unreadable"

    def test_every_bad_row_is_named_with_its_field(self):
        rows = [
            b"value,currency,expires,reference",
            b"25,EUR,2035-12-31,good",
            b"-5,,,",
            b"0,,,",
            b"9999999,,,",
            b"1.234,,,",
            b'"1,000",,,',
            b"25,USD,,",
            b"25,,31/12/2035,",
            b"25,,2020-01-01,",
            b"25,,," + b"x" * 65,
            b"=1+1,,,",
            b"1e3,,,",
            "\uff12\uff15,,,".encode(),
            b"25,,,,surplus",
            b"25",
        ]
        batch = checked(make_shop(), b"\n".join(rows))
        assert problems_of(batch) == [
            (3, "value"), (4, "value"), (5, "value"), (6, "value"), (7, "value"), (8, "currency"),
            (9, "expires"), (10, "expires"), (11, "reference"), (12, "value"), (13, "value"), (14, "value"),
            (15, "row"),
        ]  # fmt: skip
        assert (batch.rows_total, batch.rows_bad, batch.cards_wanted, batch.wanted_minor) == (15, 13, 2, 5000)
        assert cards_of_batch(batch) == []

    def test_all_or_nothing_is_refused_and_the_good_rows_alone_can_be_asked_for(self):
        batch = checked(make_shop(), b"value\n25\nnothing\n30\n")
        with pytest.raises(BatchHasBadRows):
            confirm(batch)
        done = run(confirm(batch, skip_bad=True))
        assert [card.face_value_minor for card in cards_of_batch(done)] == [2500, 3000]
        assert verify() == []

    def test_a_file_of_bad_rows_alone_makes_nothing(self):
        batch = checked(make_shop(), b"value\nx\n")
        with pytest.raises(BatchHasNoGoodRows):
            confirm(batch, skip_bad=True)

    def test_a_workbook_gives_the_same_cards_as_its_table(self):
        content = workbook(("Value", "Reference"), (25, "a"), (12.5, "b"), (None, None), ("7.05", "=c"))
        batch = run(confirm(checked(make_shop(), content)))
        assert [card.face_value_minor for card in cards_of_batch(batch)] == [2500, 1250, 705]

    def test_amounts_in_minor_units_are_taken_as_such_and_yen_has_no_decimals(self):
        batch = run(confirm(checked(make_shop(), b"value_minor\n2501\n")))
        assert [card.face_value_minor for card in cards_of_batch(batch)] == [2501]
        shop = make_shop(currency="JPY")
        assert problems_of(checked(shop, b"value\n2500\n2500.5\n")) == [(3, "value")]

    def test_a_file_of_more_rows_than_a_million_is_refused(self, monkeypatch):
        monkeypatch.setattr(file_rows, "MOST_ROWS", 3)
        batch = checked(make_shop(), b"value\n" + b"5\n" * 4)
        assert (batch.stage, "Split" in batch.reason) == ("unreadable", True)

    def test_nothing_of_the_file_is_left_when_it_was_read(self):
        shop = make_shop()
        checked(shop, b"code,balance\nOLD12345678,5\n", kind=Kind.IMPORT)
        with scope.merchant(shop.id), reading():
            assert not Piece.objects.exists()

    def test_a_second_check_of_a_checked_file_changes_nothing(self):
        batch = checked(make_shop(), b"value\n25\nx\n")
        with scope.merchant(batch.merchant_id), reading():
            before = Batch.objects.values().get(id=batch.id)
        from giftwell.domain.bulk.check_batch import check_batch
        from giftwell.kit.clock import now
        from tests.factories.identity import TESTS

        check_batch(merchant_id=batch.merchant_id, batch_id=batch.id, actor=TESTS, now=now())
        with scope.merchant(batch.merchant_id), reading():
            assert Batch.objects.values().get(id=batch.id) == before
