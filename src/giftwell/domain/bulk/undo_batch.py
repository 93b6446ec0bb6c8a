"""Take the cards of a stopped batch back, some thousands at a time, until all were looked at."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.bulk.events import BatchUndone
from giftwell.domain.bulk.loads import CARDS_OF_A_LOAD
from giftwell.domain.bulk.locking import locked_batch
from giftwell.domain.bulk.models import Batch, Stage
from giftwell.domain.bulk.rows import forget_rows
from giftwell.domain.bulk.run_batch import GoesOn, OnProgress, origin_of
from giftwell.domain.cards.take_back import Owed, take_back
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor

_BEFORE_ALL = UUID(int=0)


def undo_batch(
    *,
    merchant_id: UUID,
    batch_id: UUID,
    actor: Actor,
    now: datetime,
    on_progress: OnProgress = lambda _: None,
    goes_on: GoesOn = lambda: True,
) -> Batch:
    """Close every untouched card of the batch and give its value back; touched ones stay and are counted.

    Each step is a transaction of its own that moves the place it goes on from, so it is safe to repeat and to
    run twice at once; it stops between two of them where `goes_on` says no. A batch that is not being undone
    is given back as it is. Raises `BatchNotFound`.
    """
    with scope.merchant(merchant_id):
        while True:
            with transaction(durable=True):
                batch = locked_batch(merchant_id, batch_id)
                if batch.stage != Stage.UNDOING:
                    return batch
                _step(batch, actor, now)
                batch.save()
                if batch.has_ended:
                    forget_rows(batch)
            on_progress(batch)
            if not goes_on():
                return batch


def _step(batch: Batch, actor: Actor, now: datetime) -> None:
    taken = take_back(
        origin=origin_of(batch),
        after=batch.undone_after or _BEFORE_ALL,
        at_most=CARDS_OF_A_LOAD,
        owed=Owed(batch.commission_bps, batch.commission_fixed_minor),
        actor=actor,
        now=now,
    )
    batch.cards_undone += taken.taken
    batch.undone_minor += taken.amount_minor
    batch.cards_left += taken.seen - taken.taken
    if taken.last is not None:
        batch.undone_after = taken.last
        return
    batch.stage = Stage.REVERSED if batch.stopped_for == "reversed" else Stage.CANCELLED
    batch.ended_at = now
    event = BatchUndone(
        merchant_id=batch.merchant_id,
        subject=batch.public_id,
        taken=batch.cards_undone,
        left=batch.cards_left,
        amount_minor=batch.undone_minor,
        currency=batch.currency,
    )
    record(event, actor=actor, at=now)
