"""Batches at the desk: a file is judged first, a person decides, the codes leave once and for one person."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from stream_unzip import stream_unzip

from giftwell.domain.bulk.models import Batch, Kind
from giftwell.domain.bulk.queries import batches_of
from giftwell.domain.bulk.reverse_import import reverse_import
from giftwell.domain.bulk.undo_batch import undo_batch
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs.bulk import take_turn
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from tests.factories.bulk import cards_of_batch, checked, confirm, imported, make_counted, run
from tests.factories.cards import code_of
from tests.factories.catalog import make_shop, promo_of
from tests.factories.identity import TESTS, make_member
from tests.interfaces.console.conftest import Desk, browser_of, owner_of

_HIDDEN = re.compile(r'name="key"[^>]*value="([^"]*)"')
_PASSPHRASE = re.compile(r'<span class="code">([0-9A-Z-]{17,24})</span>')


def newest(desk: Desk) -> Batch:
    """The batch that was begun last."""
    with scope.merchant(desk.merchant.id), reading():
        return batches_of(desk.merchant.id)[0]


def send(desk: Desk, content: bytes, path: str = "batches/file/"):
    """Send a file by the form, as a browser does, and read the page that it leads to."""
    file = SimpleUploadedFile("spring.csv", content)
    answer = desk.browser.post(
        desk.at(path), {"program": promo_of(desk.merchant).public_id, "design": "", "file": file}
    )
    assert answer.status_code == 302, answer.content.decode()
    return answer


def at(batch: Batch, path: str = "") -> str:
    """A page of the batch, below its desk."""
    return f"batches/{batch.public_id}/{path}"


def work(batch: Batch) -> Batch:
    """What the worker would do."""
    return take_turn(batch.merchant_id, batch.id, seconds=60)


def test_a_file_with_a_bad_row_is_told_of_decided_about_and_made(desk: Desk):
    send(desk, b"value,reference\n25,a\nx,b\n30,c\n")
    batch = newest(desk)
    assert "data-live" in desk.page(at(batch))
    work(batch)
    page = desk.page(at(batch))
    assert "1 row of 3 cannot be used." in page
    assert "Leave them out, issue 2 cards" in page
    assert "data-live" not in page
    refused = desk.browser.post(desk.at(at(batch, "confirm/")), follow=True).content.decode()
    assert "Some rows are not good" in refused
    assert '3,value,"Write an amount' in desk.page(at(batch, "rows.csv"))
    desk.browser.post(desk.at(at(batch, "confirm/")), {"skip_bad": "yes"})
    assert "At work" in desk.page(at(batch))
    work(batch)
    work(batch)
    page = desk.page(at(batch))
    assert "2 cards issued" in page
    assert [card.face_value_minor for card in cards_of_batch(batch)] == [2500, 3000]
    first = cards_of_batch(batch)[0]
    assert "spring.csv" in desk.page(f"cards/{first.public_id}/")
    assert "Issued with its batch" in desk.page(f"cards/{first.public_id}/")
    assert first.last4 in desk.page(f"cards/?batch={first.public_id}")
    assert verify() == []


def test_so_many_alike_are_begun_once_however_often_the_form_is_sent(desk: Desk):
    (key,) = _HIDDEN.findall(desk.page("batches/count/"))
    form = {"key": key, "program": promo_of(desk.merchant).public_id, "value": "7.50", "count": "120"}
    for _ in range(2):
        answer = desk.browser.post(desk.at("batches/count/"), form)
        assert answer["Location"] == desk.at(at(newest(desk)))
    with scope.merchant(desk.merchant.id), reading():
        assert Batch.objects.count() == 1
    done = work(newest(desk))
    assert (done.stage, done.cards_done, done.done_minor) == ("complete", 120, 90_000)
    assert "120 cards" in desk.page("batches/")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("count", "0", "greater than or equal to 1"), ("count", "1000001", "1000000"), ("value", "1e9", "EUR"),
     ("value", "9999999", "value"), ("program", "prog_x", "valid choice")],
)  # fmt: skip
def test_a_count_that_cannot_be_is_told_beside_its_field(desk: Desk, field, value, says):
    (key,) = _HIDDEN.findall(desk.page("batches/count/"))
    form = {"key": key, "program": promo_of(desk.merchant).public_id, "value": "7.50", "count": "12"}
    answer = desk.browser.post(desk.at("batches/count/"), {**form, field: value})
    assert answer.status_code == 200
    told = answer.content.decode().partition('class="error"')[2].partition("</p>")[0]
    assert says in told
    with scope.merchant(desk.merchant.id), reading():
        assert not Batch.objects.exists()


@pytest.mark.parametrize(
    "content", [b"colour\nred\n", "value\n5,Zoë\n".encode("cp1252"), b"PK\x03\x04rubbish"]
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(desk: Desk, content):
    send(desk, content)
    work(newest(desk))
    page = desk.page(at(newest(desk)))
    assert "Nothing was issued." in page
    assert "Send the mended file" in page


def test_no_file_and_an_empty_one_are_told(desk: Desk):
    form = {"program": promo_of(desk.merchant).public_id, "design": ""}
    assert "This field is required" in desk.browser.post(desk.at("batches/file/"), form).content.decode()
    empty = {**form, "file": SimpleUploadedFile("x.csv", b"")}
    assert "empty" in desk.browser.post(desk.at("batches/file/"), empty).content.decode()


def test_a_body_larger_than_any_file_is_refused_before_it_is_read(desk: Desk, monkeypatch):
    monkeypatch.setattr("giftwell.interfaces.common.uploads.MOST_BYTES", 1000)
    file = SimpleUploadedFile("x.csv", b"value\n" + b"5\n" * 1000)
    form = {"program": promo_of(desk.merchant).public_id, "design": "", "file": file}
    answer = desk.browser.post(desk.at("batches/file/"), form)
    assert answer.status_code in {400, 413}
    with scope.merchant(desk.merchant.id), reading():
        assert not Batch.objects.exists()


def test_a_batch_at_work_is_stopped_after_a_question_and_taken_back(desk: Desk):
    batch = make_counted(desk.merchant, 5)
    assert "Stop and take back?" in desk.page(at(batch, "stop/"))
    page = desk.browser.post(desk.at(at(batch, "stop/")), follow=True).content.decode()
    assert "Being taken back" in page
    work(batch)
    assert "No card was made of it." in desk.page(at(batch))


def test_an_import_is_brought_along_and_reversed_after_a_question(desk: Desk):
    send(desk, b"code,balance\nOLD-1234-5678,12.50\nABCDEFGH,7\n", "batches/import/")
    batch = newest(desk)
    work(batch)
    page = desk.page(at(batch))
    assert "Bring 2 cards along, €19.50" in page
    assert "Codes of fewer than 12 signs: 2 cards." in page
    desk.browser.post(desk.at(at(batch, "confirm/")))
    work(batch)
    assert "2 cards brought along" in desk.page(at(batch))
    assert "Reverse the import?" in desk.page(at(batch, "stop/"))
    desk.browser.post(desk.at(at(batch, "stop/")))
    work(batch)
    assert "2 cards taken back." in desk.page(at(batch))
    assert verify() == []


def test_the_codes_leave_once_and_for_the_named_person_alone(desk: Desk):
    batch = run(make_counted(desk.merchant, 3))
    person = make_member(desk.merchant, "manager")
    page = desk.browser.post(desk.at(at(batch, "export/")), {"person": person.public_id}).content.decode()
    (passphrase,) = _PASSPHRASE.findall(page)
    assert passphrase not in desk.page(at(batch))
    address = desk.at(at(batch, "export/download/"))
    refused = desk.browser.post(address, follow=True).content.decode()
    assert "given to somebody else" in refused
    theirs = browser_of(person)
    assert "Download the codes" in theirs.get(desk.at(at(batch))).content.decode()
    answer = theirs.post(address)
    assert answer["Content-Type"] == "application/zip"
    archive = b"".join(answer.streaming_content)
    ((_, _, chunks),) = [(n, s, list(c)) for n, s, c in stream_unzip([archive], password=passphrase.encode())]
    rows = list(csv.DictReader(io.StringIO(b"".join(chunks).decode())))
    assert {row["code"] for row in rows} == {display(code_of(card)) for card in cards_of_batch(batch)}
    again = theirs.post(address, follow=True).content.decode()
    assert "They leave this platform once." in again
    assert "downloaded the codes" in desk.page(at(batch))


def test_a_grant_is_withdrawn_and_given_to_another(desk: Desk):
    batch = run(make_counted(desk.merchant, 3))
    for _ in range(2):
        desk.browser.post(desk.at(at(batch, "export/")), {"person": desk.owner.public_id})
        desk.browser.post(desk.at(at(batch, "export/withdraw/")))
    assert "Allow the download" in desk.page(at(batch))
    stranger = owner_of(make_shop())
    page = desk.browser.post(
        desk.at(at(batch, "export/")), {"person": stranger.public_id}, follow=True
    ).content.decode()
    assert "Choose who may download" in page


def every_route(batch: Batch) -> list[tuple[str, str]]:
    """Each address of a batch, and how it is asked."""
    return [
        ("get", at(batch)), ("get", at(batch, "live/")), ("get", at(batch, "rows.csv")),
        ("get", at(batch, "stop/")), ("post", at(batch, "stop/")), ("post", at(batch, "confirm/")),
        ("post", at(batch, "export/")), ("post", at(batch, "export/withdraw/")),
        ("post", at(batch, "export/download/")),
    ]  # fmt: skip


def test_another_shops_batch_is_not_there_and_stays_as_it_is(desk: Desk):
    other = make_shop()
    theirs = [make_counted(other, 2), checked(other, b"value\n5\n"), run(make_counted(other, 1))]
    for batch in theirs:
        for method, path in every_route(batch):
            assert getattr(desk.browser, method)(desk.at(path)).status_code == 404, (method, path)
            stranger = getattr(desk.browser, method)(f"/console/{other.slug}/{path}")
            assert stranger.status_code == 404
    with scope.merchant(other.id), reading():
        assert [batch.stage for batch in batches_of(other.id)] == ["complete", "checked", "running"]
    assert desk.page("batches/").count("row-link") == 0


def test_a_cashier_and_an_id_that_is_none_get_nowhere(desk: Desk):
    batch = run(make_counted(desk.merchant, 1))
    cashier = browser_of(make_member(desk.merchant, "cashier"))
    for method, path in [*every_route(batch), ("get", "batches/"), ("get", "batches/import/")]:
        assert getattr(cashier, method)(desk.at(path)).status_code == 403, path
    assert desk.browser.get(desk.at("batches/batch_nonsense/")).status_code == 404


def test_a_template_is_a_file_that_can_be_sent_as_it_is(desk: Desk):
    for kind, path in (("issue", "batches/file/"), ("import", "batches/import/")):
        answer = desk.browser.get(desk.at(f"batches/{kind}-template.csv"))
        send(desk, answer.content, path)
        assert work(newest(desk)).rows_bad == 0
    assert desk.browser.get(desk.at("batches/other-template.csv")).status_code == 404


def test_a_reversed_import_says_what_stayed(desk: Desk):
    batch = imported(desk.merchant, b"code,balance\nOLD-1234-5678,12.50\n")
    reverse_import(merchant_id=desk.merchant.id, batch_id=batch.id, actor=TESTS, now=now())
    undo_batch(merchant_id=desk.merchant.id, batch_id=batch.id, actor=TESTS, now=now())
    assert "Reversed" in desk.page(at(batch))
    again = desk.browser.get(desk.at(at(batch, "stop/")), follow=True).content.decode()
    assert "nothing here that could be stopped" in again
    done = run(confirm(checked(desk.merchant, b"value\n5\n", kind=Kind.ISSUE)))
    assert desk.browser.post(desk.at(at(done, "stop/")), follow=True).status_code == 200
    assert newest(desk).stage == "complete"
