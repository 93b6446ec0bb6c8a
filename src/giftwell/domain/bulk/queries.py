"""Reads of batches: a merchant's own, and which of all of them still have something to do."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from giftwell.domain.bulk.models import AT_WORK, Batch, Export, Stage
from giftwell.domain.bulk.refusals import BatchNotFound

DECIDED_WITHIN = timedelta(days=30)
"""How long a checked file waits for somebody to decide. It may hold codes: it is not kept for ever."""


def batches_of(merchant_id: UUID) -> QuerySet[Batch]:
    """The merchant's batches, newest first, with program and design."""
    mine = Batch.objects.filter(merchant_id=merchant_id).select_related("program", "design")
    return mine.order_by("-created_at", "-id")


def find_batch(merchant_id: UUID, batch_id: UUID) -> Batch:
    """One batch of the merchant. Raises `BatchNotFound`."""
    found = batches_of(merchant_id).filter(id=batch_id).first()
    if found is None:
        raise BatchNotFound
    return found


def export_of(batch: Batch) -> Export | None:
    """The export of the batch's codes, where one was granted."""
    return Export.objects.filter(merchant_id=batch.merchant_id, batch=batch).first()


def batches_at_work() -> list[tuple[UUID, UUID]]:
    """Merchant and id of each batch that a job has to go on with. In the platform's scope."""
    return list(Batch.objects.filter(stage__in=AT_WORK).order_by("id").values_list("merchant_id", "id"))


def batches_forgotten(now: datetime) -> list[tuple[UUID, UUID]]:
    """Merchant and id of each checked file that nobody decided about in time. In the platform's scope."""
    waiting = Batch.objects.filter(stage=Stage.CHECKED, created_at__lt=now - DECIDED_WITHIN)
    return list(waiting.order_by("id").values_list("merchant_id", "id"))
