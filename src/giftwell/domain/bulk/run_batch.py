"""Make the cards of a batch, load by load, until they are all there or somebody stops it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from giftwell.domain.bulk.events import BatchCompleted, BatchStopped
from giftwell.domain.bulk.loads import Loads, Part
from giftwell.domain.bulk.locking import locked_batch
from giftwell.domain.bulk.models import Batch, Kind, Problem, Stage
from giftwell.domain.bulk.refusals import BatchNotFound
from giftwell.domain.cards.issue_load import Origin, issue_load
from giftwell.domain.cards.models import CodeScheme
from giftwell.domain.cards.seal_batch import open_batch
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.actor import Actor

type OnProgress = Callable[[Batch], object]
type GoesOn = Callable[[], bool]

_TAKEN = "A card of this shop got this code while the batch was at work. The row was left out."
_MOST_CLASHES = 5


def run_batch(
    *,
    merchant_id: UUID,
    batch_id: UUID,
    actor: Actor,
    now: datetime,
    on_progress: OnProgress = lambda _: None,
    goes_on: GoesOn = lambda: True,
) -> Batch:
    """Make what is still missing of a running batch; give it back as it stands then.

    Each load is a transaction of its own, and the row up to which cards were made moves in it: after a crash,
    and with two at work, every row becomes one card. After each load `on_progress` is called and
    `goes_on` asked: where it says no, the rest is left to a later call. A batch that is not running is given
    back as it is. Raises `BatchNotFound`.
    """
    with scope.merchant(merchant_id), ThreadPoolExecutor(1, "codes") as maker:
        batch, merchant = _read(merchant_id, batch_id)
        loads = Loads(batch, merchant, maker, now=now)
        ready, clashes = None, 0
        while batch.stage == Stage.RUNNING:
            part = ready if ready and ready.after == batch.last_row else loads.after(batch.last_row)
            ready = loads.after(part.last_row) if part else None
            try:
                batch = _take(batch, part, actor, now)
            except IntegrityError:
                # Another import brought one of these codes along in the meantime; read anew, its row says so.
                ready, clashes = None, clashes + 1
                if clashes == _MOST_CLASHES or batch.kind != Kind.IMPORT:
                    raise
            on_progress(batch)
            if not goes_on():
                break
    return batch


def origin_of(batch: Batch) -> Origin:
    """What the cards of this batch have in common."""
    return Origin(
        program=batch.program,
        batch_id=batch.id,
        batch=batch.public_id,
        design_id=batch.design_id,
        scheme=CodeScheme.IMPORTED if batch.kind == Kind.IMPORT else CodeScheme.OURS,
    )


def _read(merchant_id: UUID, batch_id: UUID) -> tuple[Batch, Merchant]:
    with reading():
        batch = Batch.objects.select_related("program").filter(merchant_id=merchant_id, id=batch_id).first()
        if batch is None:
            raise BatchNotFound
        return batch, Merchant.objects.get(id=merchant_id)


def _take(seen: Batch, part: Part | None, actor: Actor, now: datetime) -> Batch:
    """Issue one part, or end the batch where there is none left; the batch as it stands afterwards."""
    load = part.load.result() if part else None
    with transaction(durable=True):
        batch = locked_batch(seen.merchant_id, seen.id)
        # Stopped, or another worker took this part: under the lock it shows, and nothing was written yet.
        if batch.stage != Stage.RUNNING or batch.last_row != seen.last_row:
            return batch
        if part is None or load is None:
            _complete(batch, actor, now)
            return batch
        if part.taken and not batch.skips_bad:
            stop(batch, "code_taken", actor=actor, now=now)
            batch.reason = _TAKEN
            batch.save()
            return batch
        _leave_out(batch, part)
        if load.count:
            issue_load(
                origin=origin_of(batch),
                load=load,
                cause=f"issue-load:{batch.id}:{part.after}",
                commission_minor=part.commission_minor,
                actor=actor,
                now=now,
            )
        batch.last_row = part.last_row
        batch.cards_done += load.count
        batch.done_minor += load.amount_minor
        batch.save()
    return batch


def stop(batch: Batch, reason: str, *, actor: Actor, now: datetime) -> None:
    """Let a locked batch be undone by a job; `reason` is cancelled, code_taken or reversed."""
    batch.stage, batch.stopped_for, batch.ended_at = Stage.UNDOING, reason, None
    event = BatchStopped(merchant_id=batch.merchant_id, subject=batch.public_id, reason=reason)
    record(event, actor=actor, at=now)


def _leave_out(batch: Batch, part: Part) -> None:
    """Rows whose code was taken since they were checked are no longer wanted."""
    Problem.objects.bulk_create(
        Problem(merchant_id=batch.merchant_id, batch=batch, row=row, field="code", says=_TAKEN)
        for row in part.taken
    )
    batch.rows_bad += len(part.taken)
    batch.cards_wanted -= len(part.taken)
    batch.wanted_minor -= part.taken_minor


def _complete(batch: Batch, actor: Actor, now: datetime) -> None:
    batch.stage, batch.ended_at = Stage.COMPLETE, now
    batch.save()
    open_batch(merchant_id=batch.merchant_id, batch_id=batch.id, now=now)
    event = BatchCompleted(
        merchant_id=batch.merchant_id,
        subject=batch.public_id,
        cards=batch.cards_done,
        amount_minor=batch.done_minor,
        currency=batch.currency,
    )
    record(event, actor=actor, at=now)
