"""Batches of cards: checked, made and taken back by whichever worker is free, a few seconds at a time.

A batch is worked on by one job at once, which waits in line again after its turn, and at most two batches are
worked on at a time: a million cards keep no other job waiting for long, and a worker that stops has little to
finish. A turn that fails is not tried again by the queue, where it would hold up its whole lane; the clock
brings the batch back.
"""

import time
from uuid import UUID

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from giftwell.domain.bulk.cancel_batch import cancel_batch
from giftwell.domain.bulk.check_batch import check_batch
from giftwell.domain.bulk.models import Batch, Stage
from giftwell.domain.bulk.queries import batches_at_work, batches_forgotten, find_batch
from giftwell.domain.bulk.run_batch import run_batch
from giftwell.domain.bulk.undo_batch import undo_batch
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs.reaction import reaction
from giftwell.interfaces.jobs.ticking import tick
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import parse_id

TURN_SECONDS = 5.0
LANES = 2

logger = structlog.get_logger(__name__)


@reaction("bulk.go_on")
def go_on(event: Event) -> None:
    """Queue the work on the batch that an event is about."""
    assert event.merchant_id, "a batch is always a merchant's"
    queue_work(event.merchant_id, parse_id(Batch.PREFIX, event.subject))


@app.task(name="bulk.work", queue="bulk", pass_context=True)
def work(context: JobContext, *, merchant_id: str, batch_id: str) -> None:
    """Do whatever the batch's stage asks for, for a turn; wait in line again where that did not end it."""
    names = {"request_id": f"job-{context.job.id}", "job": "bulk.work"}
    with structlog.contextvars.bound_contextvars(**names):
        batch = take_turn(UUID(merchant_id), UUID(batch_id), seconds=TURN_SECONDS)
        if batch.is_at_work:
            queue_work(batch.merchant_id, batch.id)


@tick("bulk.rescue", "*/5 * * * *")
def rescue() -> None:
    """Go on with batches whose job was lost or broke; let go of files that nobody decided about."""
    with scope.platform(), reading():
        at_work, forgotten = batches_at_work(), batches_forgotten(now())
    for merchant_id, batch_id in at_work:
        queue_work(merchant_id, batch_id)
    for merchant_id, batch_id in forgotten:
        try:
            actor = Actor.system("bulk.rescue")
            cancel_batch(merchant_id=merchant_id, batch_id=batch_id, actor=actor, now=now())
        except DomainError as error:
            # Somebody decided in this very moment.
            logger.warning("tick_refused", row=str(batch_id), reason=error.code)


def take_turn(merchant_id: UUID, batch_id: UUID, *, seconds: float) -> Batch:
    """Work on the batch for about so long, and for one load at least; the batch as it stands then."""
    ends_at = time.monotonic() + seconds
    actor = Actor.system("bulk.work")

    def goes_on() -> bool:
        return time.monotonic() < ends_at

    with scope.merchant(merchant_id), reading():
        batch = find_batch(merchant_id, batch_id)
    if batch.stage == Stage.CHECKING:
        return check_batch(merchant_id=merchant_id, batch_id=batch_id, actor=actor, now=now())
    if batch.stage == Stage.UNDOING:
        return undo_batch(merchant_id=merchant_id, batch_id=batch_id, actor=actor, now=now(), goes_on=goes_on)
    return run_batch(merchant_id=merchant_id, batch_id=batch_id, actor=actor, now=now(), goes_on=goes_on)


def queue_work(merchant_id: UUID, batch_id: UUID) -> None:
    """Queue one job for the batch, unless one is waiting; while another works in its lane, it waits."""
    job = work.configure(lock=f"bulk:{batch_id.int % LANES}", queueing_lock=f"bulk:{batch_id}")
    try:
        job.defer(merchant_id=str(merchant_id), batch_id=str(batch_id))
    except AlreadyEnqueued:
        logger.debug("batch_is_queued", batch=str(batch_id))
