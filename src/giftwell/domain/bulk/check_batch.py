"""Judge every row of a batch's file, before anything is made of one."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import batched
from uuid import UUID

from django.conf import settings
from django.db import connection

from giftwell.domain.bulk.events import BatchChecked
from giftwell.domain.bulk.file_rows import Judged, judged_rows
from giftwell.domain.bulk.limits import MOST_PROBLEMS
from giftwell.domain.bulk.locking import locked_batch
from giftwell.domain.bulk.models import Batch, Kind, Piece, Problem, Stage
from giftwell.domain.bulk.pieces import pieces_of
from giftwell.domain.bulk.refusals import FileIsUnreadable
from giftwell.domain.bulk.row_rules import SHORT_CODE, GoodRow
from giftwell.domain.bulk.rows import forget_rows
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.actor import Actor
from giftwell.kit.code_hash import code_hash
from giftwell.kit.crypto import encrypt_many
from giftwell.kit.ids import new_id, new_ids

_AT_ONCE = 10_000
_COPY = (
    "copy bulk_row (batch_id, row_no, card_id, value_minor, expires_at, reference, code_hash,"
    " code_encrypted, last4) from stdin (format binary)"
)
_TAKEN = "A card of this shop has this code already. Leave this row out."
_TYPES = ("uuid", "int4", "uuid", "int8", "timestamptz", "text", "bytea", "bytea", "text")


def check_batch(*, merchant_id: UUID, batch_id: UUID, actor: Actor, now: datetime) -> Batch:
    """Read the file and keep its good rows and the report of the bad ones; nothing is issued.

    Afterwards the batch is `checked`, or `unreadable` with its reason. Safe to repeat and to run twice at
    once: whoever began last is heard, a batch past its check is given back as it is. Raises `BatchNotFound`.
    """
    with scope.merchant(merchant_id):
        check_id = _begin(merchant_id, batch_id)
        if check_id is not None:
            _Check(merchant_id, batch_id, check_id).run(actor, now)
        with reading():
            return Batch.objects.get(merchant_id=merchant_id, id=batch_id)


def _begin(merchant_id: UUID, batch_id: UUID) -> UUID | None:
    """Take the check over, and forget what an earlier one left half done."""
    with transaction():
        batch = locked_batch(merchant_id, batch_id)
        if batch.stage != Stage.CHECKING:
            return None
        batch.check_id, batch.rows_total, batch.rows_bad, batch.rows_weak = new_id(), 0, 0, 0
        batch.save(update_fields=["check_id", "rows_total", "rows_bad", "rows_weak"])
        batch.problems.all().delete()
        forget_rows(batch)
    return batch.check_id


class _AnotherTookOver(Exception):
    """A later checker works on this batch: this one's rows are no longer wanted."""


class _Check:
    """One reading of one file."""

    def __init__(self, merchant_id: UUID, batch_id: UUID, check_id: UUID) -> None:
        self.merchant_id, self.batch_id, self.check_id = merchant_id, batch_id, check_id

    def run(self, actor: Actor, now: datetime) -> None:
        with reading():
            batch = Batch.objects.select_related("program").get(
                merchant_id=self.merchant_id, id=self.batch_id
            )
            merchant = Merchant.objects.get(id=self.merchant_id)
        try:
            rows = judged_rows(batch, merchant, pieces_of(batch), now=now)
            for part in batched(rows, _AT_ONCE, strict=False):
                self._keep(part)
            self._finish("", actor, now)
        except FileIsUnreadable as error:
            self._finish(error.detail, actor, now)
        except _AnotherTookOver:
            return

    def _mine(self) -> Batch:
        batch = locked_batch(self.merchant_id, self.batch_id)
        if batch.stage != Stage.CHECKING or batch.check_id != self.check_id:
            raise _AnotherTookOver
        return batch

    def _keep(self, part: Sequence[Judged]) -> None:
        good = [(number, row) for number, row in part if isinstance(row, GoodRow)]
        faults = ((number, fault) for number, row in part if isinstance(row, list) for fault in row)
        rows = list(self._stored(good))
        with transaction():
            batch = self._mine()
            with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
                copy.set_types(_TYPES)
                for row in rows:
                    copy.write_row(row)
            _keep_problems(batch, [(number, fault.field, fault.says) for number, fault in faults])
            batch.rows_total += len(part)
            batch.rows_bad += len(part) - len(good)
            batch.rows_weak += sum(1 for _, row in good if row.code and len(row.code) < SHORT_CODE)
            batch.save(update_fields=["rows_total", "rows_bad", "rows_weak"])

    def _stored(self, good: Sequence[tuple[int, GoodRow]]) -> Iterator[tuple[object, ...]]:
        """The rows as they lie in the table; a code is hashed and encrypted here, its plain text dropped."""
        ids = new_ids(len(good))
        sealed = encrypt_many(
            settings.KEYRINGS["card_codes"],
            [row.code.encode() for _, row in good],
            [card_id.bytes for card_id in ids],
        )
        for (number, row), card_id, encrypted in zip(good, ids, sealed, strict=True):
            kept = (
                (
                    code_hash(settings.LOOKUP_KEYS["code"], self.merchant_id, row.code),
                    encrypted,
                    row.code[-4:],
                )
                if row.code
                else (None, None, None)
            )
            yield (
                self.batch_id, number, card_id, row.value_minor, row.expires_at, row.reference, *kept
            )  # fmt: skip

    def _finish(self, reason: str, actor: Actor, now: datetime) -> None:
        with transaction():
            batch = self._mine()
            if not reason and not batch.rows_total:
                reason = "There is no row below the names of the columns."
            if reason:
                batch.stage, batch.reason, batch.ended_at = Stage.UNREADABLE, reason[:300], now
                forget_rows(batch)
            else:
                if batch.kind == Kind.IMPORT:
                    _take_out_twins(batch)
                batch.stage = Stage.CHECKED
                with connection.cursor() as cursor:
                    cursor.execute(
                        "select cards, amount_minor from bulk.count_rows(%s, %s)",
                        [batch.merchant_id, batch.id],
                    )
                    batch.cards_wanted, batch.wanted_minor = cursor.fetchone()
            batch.save()
            # The file has been read: what is needed of it lies in rows now.
            Piece.objects.filter(merchant_id=self.merchant_id, batch=batch).delete()
            event = BatchChecked(
                merchant_id=batch.merchant_id,
                subject=batch.public_id,
                is_readable=not reason,
                rows=batch.rows_total,
                bad_rows=batch.rows_bad,
            )
            record(event, actor=actor, at=now)


def _take_out_twins(batch: Batch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select row_no, earlier from bulk.take_out_twins(%s, %s)", [batch.merchant_id, batch.id]
        )
        twins = cursor.fetchall()
    _keep_problems(
        batch,
        [
            (row, "code", f"Row {earlier} has the same code. Keep one of them." if earlier else _TAKEN)
            for row, earlier in twins
        ],
    )
    batch.rows_bad += len(twins)


def _keep_problems(batch: Batch, found: Sequence[tuple[int, str, str]]) -> None:
    room = max(0, MOST_PROBLEMS - batch.problems.count()) if found else 0
    Problem.objects.bulk_create(
        Problem(merchant_id=batch.merchant_id, batch=batch, row=row, field=field, says=says)
        for row, field, says in found[:room]
    )
