"""Decide that the good rows of a checked file become cards."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.bulk.beginning import begin
from giftwell.domain.bulk.locking import locked_batch
from giftwell.domain.bulk.models import Batch, Stage
from giftwell.domain.bulk.refusals import BatchIsNotReady
from giftwell.domain.cards.attempts import refusals_noted
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused
from giftwell.kit.ids import public_id


class BatchHasBadRows(Refused):
    """All or nothing was asked for, and not all rows are good."""

    code = "batch_has_bad_rows"
    detail = "Some rows are not good. Mend the file and send it again, or leave the bad rows out."


class BatchHasNoGoodRows(Refused):
    """There is nothing to make cards of."""

    code = "batch_has_no_good_rows"
    detail = "No row of this file is good. Mend it and send it again."


def confirm_batch(
    *, merchant_id: UUID, batch_id: UUID, skip_bad: bool = False, actor: Actor, now: datetime
) -> Batch:
    """Let a job make the cards: of all rows, or with `skip_bad` of the good ones. One that began is returned.

    Raises `BatchNotFound`, `BatchIsNotReady`, `BatchHasBadRows`, `BatchHasNoGoodRows`, `ExceedsIssueLimit`,
    `ProgramNeedsPayment`, `MerchantIsSuspended`; each leaves a line in the audit.
    """
    subject = public_id(Batch.PREFIX, batch_id)
    with (
        refusals_noted("batch.begun", merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        batch = locked_batch(merchant_id, batch_id)
        if batch.stage in {Stage.RUNNING, Stage.COMPLETE} and batch.is_of_a_file:
            return batch
        if batch.stage != Stage.CHECKED:
            raise BatchIsNotReady
        if not batch.cards_wanted:
            raise BatchHasNoGoodRows
        if batch.rows_bad and not skip_bad:
            raise BatchHasBadRows
        batch.stage, batch.skips_bad = Stage.RUNNING, skip_bad
        begin(batch, actor=actor, now=now)
        batch.save()
    return batch
