"""The codes of a batch as an encrypted archive: a stream, for the one person it was granted to, once."""

import csv
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from stat import S_IFREG
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from stream_zip import ZIP_64, stream_zip

from giftwell.domain.bulk.events import ExportBegun, ExportDownloaded
from giftwell.domain.bulk.grant_export import bound_to
from giftwell.domain.bulk.locking import locked_batch
from giftwell.domain.bulk.models import Batch, Export
from giftwell.domain.bulk.refusals import BatchNotFound
from giftwell.domain.bulk.rows import forget_rows
from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.codes import open_code
from giftwell.domain.cards.models import Card, Status
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.actor import Actor
from giftwell.kit.codes import display, is_well_formed
from giftwell.kit.crypto import decrypt
from giftwell.kit.csv_cells import safe_cells
from giftwell.kit.errors import Forbidden, Refused
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money, format_plain

MOST_ATTEMPTS = 5
_AT_ONCE = 5_000
_COLUMNS = ("card", "code", "value", "currency", "expires", "reference")
# What a spreadsheet would run instead of show.
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_REFERENCES = "select card_id, reference from bulk.references(%s, %s, %s, %s)"


class ExportIsForAnother(Forbidden):
    """The codes were granted to somebody else."""

    code = "export_is_for_another"
    detail = "These codes were given to somebody else to download."


class ExportIsOver(Refused):
    """The codes left already, or the download broke off too often."""

    code = "export_is_over"
    detail = "The codes of this batch were downloaded already. They leave this platform once."


@dataclass(frozen=True, slots=True)
class Download:
    """An archive: what it is called, and its bytes. Only when the last was asked for, the export is over."""

    file_name: str
    content: Iterator[bytes]


def download_export(
    *, merchant_id: UUID, batch_id: UUID, person_id: UUID, actor: Actor, now: datetime
) -> Download:
    """Begin the download: an AES-256 ZIP archive of one CSV file, opened by the passphrase of the grant.

    A download that breaks off may be repeated, five times at most, each told of; one that came through ends
    it. Raises `BatchNotFound` (also where nothing was granted), `ExportIsForAnother`, `ExportIsOver`; each
    leaves a line in the audit.
    """
    subject = public_id(Batch.PREFIX, batch_id)
    with (
        refusals_noted("batch.export_begun", merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        batch = locked_batch(merchant_id, batch_id)
        export = Export.objects.filter(merchant_id=merchant_id, batch=batch).first()
        if export is None:
            raise BatchNotFound
        if export.person_id != person_id:
            raise ExportIsForAnother
        if export.passphrase_encrypted is None or export.attempts >= MOST_ATTEMPTS:
            raise ExportIsOver
        sealed = bytes(export.passphrase_encrypted)
        export.attempts += 1
        export.save(update_fields=["attempts"])
        begun = ExportBegun(
            merchant_id=merchant_id, subject=subject, export=export.public_id, attempt=export.attempts
        )
        record(begun, actor=actor, at=now)
    passphrase = decrypt(settings.KEYRINGS["credentials"], sealed, bound_to(export.id)).decode()
    return Download(f"giftwell-{subject}.zip", _archive(batch, passphrase, actor, now))


def _archive(batch: Batch, passphrase: str, actor: Actor, now: datetime) -> Iterator[bytes]:
    table = _Table(batch)
    name = f"giftwell-{batch.public_id}.csv"
    # Random codes do not get smaller, however hard one tries.
    yield from stream_zip(
        [(name, now, S_IFREG | 0o600, ZIP_64, table.pages())],
        password=passphrase,
        get_compressobj=lambda: zlib.compressobj(wbits=-zlib.MAX_WBITS, level=1),
    )
    with scope.merchant(batch.merchant_id), transaction():
        locked_batch(batch.merchant_id, batch.id)
        export = Export.objects.get(merchant_id=batch.merchant_id, batch=batch)
        if export.downloaded_at is None:
            export.downloaded_at, export.passphrase_encrypted = now, None
            export.save(update_fields=["downloaded_at", "passphrase_encrypted"])
            forget_rows(batch)
            done = ExportDownloaded(
                merchant_id=batch.merchant_id,
                subject=batch.public_id,
                export=export.public_id,
                cards=table.rows,
            )
            record(done, actor=actor, at=now)


class _Table:
    """The CSV file of a batch; `rows` counts the cards that were written so far."""

    def __init__(self, batch: Batch) -> None:
        self._batch, self.rows = batch, 0
        with scope.merchant(batch.merchant_id), reading():
            self._zone = ZoneInfo(Merchant.objects.get(id=batch.merchant_id).time_zone)

    def pages(self) -> Iterator[bytes]:
        """Some thousand cards at a time, each read in a short transaction of its own."""
        page = io.StringIO()
        writer = csv.writer(page)
        writer.writerow(_COLUMNS)
        batch, after = self._batch, UUID(int=0)
        while True:
            with scope.merchant(batch.merchant_id), reading():
                mine = Card.objects.filter(merchant_id=batch.merchant_id, batch_id=batch.id, id__gt=after)
                cards = list(mine.order_by("id")[:_AT_ONCE])
                references = _references(batch, cards)
            # A card that was closed meanwhile has no code that anybody could use.
            open_cards = [card for card in cards if card.status != Status.CLOSED and card.code_encrypted]
            rows = (self._row(card, references.get(card.id, "")) for card in open_cards)
            writer.writerows(safe_cells(row) for row in rows)
            self.rows += len(open_cards)
            yield page.getvalue().encode()
            page.seek(0)
            page.truncate()
            if len(cards) < _AT_ONCE:
                return
            after = cards[-1].id

    def _row(self, card: Card, reference: str) -> tuple[str, ...]:
        code = open_code(card.id, bytes(card.code_encrypted or b""))
        ends_at = card.expires_at
        return (
            card.public_id,
            display(code) if is_well_formed(code) else code,
            format_plain(Money(card.face_value_minor, card.currency)),
            card.currency,
            # The last day where the shop is, which is how its files write it.
            ends_at.astimezone(self._zone).date().isoformat() if ends_at else "",
            f"'{reference}" if reference.startswith(_RUNS) else reference,
        )


def _references(batch: Batch, cards: list[Card]) -> dict[UUID, str]:
    if not cards or not batch.is_of_a_file:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_REFERENCES, [batch.merchant_id, batch.id, cards[0].id, cards[-1].id])
        return dict(cursor.fetchall())
