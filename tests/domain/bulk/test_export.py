"""The codes of a batch leave once: encrypted, to one person by name, written down."""

import csv
import io

import pytest
from stream_unzip import UnzipError, stream_unzip

from giftwell.domain.bulk.download_export import (
    MOST_ATTEMPTS,
    ExportIsForAnother,
    ExportIsOver,
    download_export,
)
from giftwell.domain.bulk.grant_export import ExportIsGranted, PersonIsNoMember, grant_export
from giftwell.domain.bulk.models import Batch
from giftwell.domain.bulk.refusals import BatchIsNotReady, BatchNotFound
from giftwell.domain.bulk.withdraw_export import withdraw_export
from giftwell.domain.cards.close_card import close_card
from giftwell.foundation.events.models import Event
from giftwell.foundation.identity.models import Membership
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from tests.factories.bulk import cards_of_batch, checked, confirm, make_counted, run
from tests.factories.cards import code_of
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_person

pytestmark = pytest.mark.django_db


def owner_of(batch: Batch):
    with scope.merchant(batch.merchant_id), reading():
        return Membership.objects.get(merchant_id=batch.merchant_id, role="owner").user_id


def grant(batch: Batch, person_id=None) -> str:
    return grant_export(
        merchant_id=batch.merchant_id,
        batch_id=batch.id,
        person_id=person_id or owner_of(batch),
        actor=TESTS,
        now=now(),
    ).passphrase


def download(batch: Batch, person_id=None):
    return download_export(
        merchant_id=batch.merchant_id,
        batch_id=batch.id,
        person_id=person_id or owner_of(batch),
        actor=TESTS,
        now=now(),
    ).content


def opened(archive: bytes, passphrase: str) -> list[dict[str, str]]:
    ((_, _, chunks),) = [(n, s, list(c)) for n, s, c in stream_unzip([archive], password=passphrase.encode())]
    return list(csv.DictReader(io.StringIO(b"".join(chunks).decode())))


def test_the_archive_holds_every_code_and_opens_by_the_passphrase_alone():
    batch = run(confirm(checked(make_shop(), b"value,reference\n5,Zo\xc3\xab\n7.50,=cmd|' /C calc'!A0\n")))
    passphrase = grant(batch)
    archive = b"".join(download(batch))
    cards = cards_of_batch(batch)
    rows = opened(archive, passphrase)
    assert [row["code"] for row in rows] == [display(code_of(card)) for card in cards]
    assert [row["value"] for row in rows] == ["5.00", "7.50"]
    assert [row["reference"] for row in rows] == ["Zoë", "'=cmd|' /C calc'!A0"]
    assert all(code_of(card).encode() not in archive for card in cards)
    with pytest.raises(UnzipError):
        opened(archive, "7K4M-XQ2D-9FHT-3WNPV")


def test_a_day_is_the_shops_own_and_a_closed_card_has_no_code_to_give_away():
    shop = make_shop()
    with scope.merchant(shop.id), transaction():
        Merchant.objects.filter(id=shop.id).update(time_zone="America/Los_Angeles")
    batch = run(confirm(checked(shop, b"value,expires\n5,2039-12-31\n6,2039-12-31\n")))
    close_card(merchant_id=shop.id, card_id=cards_of_batch(batch)[0].id, actor=TESTS, now=now())
    passphrase = grant(batch)
    rows = opened(b"".join(download(batch)), passphrase)
    assert [(row["value"], row["expires"]) for row in rows] == [("6.00", "2039-12-31")]
    with scope.merchant(shop.id), reading():
        told = Event.objects.filter(subject=batch.public_id, type="batch.export_downloaded").get()
    assert told.data["cards"] == 1


def test_a_second_download_is_refused_and_the_passphrase_forgotten():
    batch = run(make_counted(make_shop(), 3))
    grant(batch)
    b"".join(download(batch))
    with pytest.raises(ExportIsOver):
        download(batch)
    with pytest.raises(ExportIsGranted):
        grant(batch)
    with scope.merchant(batch.merchant_id), reading():
        kinds = list(
            Event.objects.filter(subject=batch.public_id).order_by("id").values_list("type", flat=True)
        )
        assert bytes(batch.export.passphrase_encrypted or b"") == b""
    assert kinds[-3:] == ["batch.export_granted", "batch.export_begun", "batch.export_downloaded"]


def test_a_download_that_broke_off_may_be_repeated_and_not_for_ever():
    batch = run(make_counted(make_shop(), 3))
    grant(batch)
    for _ in range(MOST_ATTEMPTS):
        next(iter(download(batch)))
    with pytest.raises(ExportIsOver):
        download(batch)


def test_nobody_but_the_named_person_gets_it():
    batch = run(make_counted(make_shop(), 3))
    grant(batch)
    with pytest.raises(ExportIsForAnother):
        download(batch, make_person().id)


def test_codes_go_to_people_of_the_shop_alone():
    batch = run(make_counted(make_shop(), 3))
    with pytest.raises(PersonIsNoMember):
        grant(batch, make_person().id)


def test_nothing_is_exported_before_the_batch_is_whole():
    with pytest.raises(BatchIsNotReady):
        grant(make_counted(make_shop(), 3))


def test_a_grant_can_be_withdrawn_until_it_was_used():
    batch = run(make_counted(make_shop(), 3))
    grant(batch)
    withdraw_export(merchant_id=batch.merchant_id, batch_id=batch.id, actor=TESTS, now=now())
    with pytest.raises(BatchNotFound):
        download(batch)
    grant(batch)
    next(iter(download(batch)))
    with pytest.raises(ExportIsOver):
        withdraw_export(merchant_id=batch.merchant_id, batch_id=batch.id, actor=TESTS, now=now())
