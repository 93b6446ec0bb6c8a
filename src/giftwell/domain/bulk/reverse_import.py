"""Take an import back: the cards that nobody used are closed, and the merchant owes their value no longer."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.bulk.locking import locked_batch
from giftwell.domain.bulk.models import Batch, Kind, Stage
from giftwell.domain.bulk.refusals import BatchIsNotReady
from giftwell.domain.bulk.run_batch import stop
from giftwell.domain.cards.attempts import refusals_noted
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused
from giftwell.kit.ids import public_id


class BatchWasIssued(Refused):
    """The cards were made here and may be in people's hands: each is closed for its own reason."""

    code = "batch_was_issued"
    detail = "Only an import can be reversed. Cards that were issued here are closed one by one."


def reverse_import(*, merchant_id: UUID, batch_id: UUID, actor: Actor, now: datetime) -> Batch:
    """Let a job take a complete import back; cards that were used meanwhile stay, and are told of.

    One that is being reversed, or was, is given back. Raises `BatchNotFound`, `BatchWasIssued`,
    `BatchIsNotReady`; each leaves a line in the audit.
    """
    subject = public_id(Batch.PREFIX, batch_id)
    with (
        refusals_noted("batch.stopped", merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        batch = locked_batch(merchant_id, batch_id)
        if batch.kind != Kind.IMPORT:
            raise BatchWasIssued
        if batch.stage in {Stage.UNDOING, Stage.REVERSED}:
            return batch
        if batch.stage != Stage.COMPLETE:
            raise BatchIsNotReady
        stop(batch, "reversed", actor=actor, now=now)
        batch.save()
    return batch
