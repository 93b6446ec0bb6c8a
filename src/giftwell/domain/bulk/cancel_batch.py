"""Put a batch aside, or stop it at work: what it made so far is taken back."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.bulk.events import BatchStopped
from giftwell.domain.bulk.locking import locked_batch
from giftwell.domain.bulk.models import Batch, Piece, Stage
from giftwell.domain.bulk.refusals import BatchIsNotReady
from giftwell.domain.bulk.rows import forget_rows
from giftwell.domain.bulk.run_batch import stop
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def cancel_batch(*, merchant_id: UUID, batch_id: UUID, actor: Actor, now: datetime) -> Batch:
    """Stop the batch. Before it began nothing is left of its file; after that a job takes its cards back.

    One that is cancelled, or about to be, is given back. Raises `BatchNotFound`, and `BatchIsNotReady` for a
    complete one: its cards are out (an import is reversed by `reverse_import`).
    """
    with scope.merchant(merchant_id), transaction():
        batch = locked_batch(merchant_id, batch_id)
        if batch.stage in {Stage.CANCELLED, Stage.UNDOING}:
            return batch
        if batch.stage == Stage.RUNNING:
            stop(batch, "cancelled", actor=actor, now=now)
        elif batch.stage in {Stage.CHECKING, Stage.CHECKED}:
            batch.stage, batch.stopped_for, batch.ended_at = Stage.CANCELLED, "cancelled", now
            Piece.objects.filter(merchant_id=merchant_id, batch=batch).delete()
            forget_rows(batch)
            event = BatchStopped(merchant_id=merchant_id, subject=batch.public_id, reason="cancelled")
            record(event, actor=actor, at=now)
        else:
            raise BatchIsNotReady
        batch.save()
    return batch
