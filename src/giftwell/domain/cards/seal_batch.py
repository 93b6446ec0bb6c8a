"""Keep the codes of a batch shut while it is not whole, and open them when it is."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.models import SealedBatch
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction


def seal_batch(*, merchant_id: UUID, batch_id: UUID, now: datetime) -> None:
    """Shut the codes of the cards that will carry this `batch_id`; one that is sealed already stays so."""
    with scope.merchant(merchant_id), transaction():
        row = SealedBatch(id=batch_id, merchant_id=merchant_id, sealed_at=now)
        SealedBatch.objects.bulk_create([row], ignore_conflicts=True)


def open_batch(*, merchant_id: UUID, batch_id: UUID, now: datetime) -> None:
    """Let the codes of the batch be seen by whoever may; the caller has made sure that it is whole."""
    with scope.merchant(merchant_id), transaction():
        SealedBatch.objects.filter(merchant_id=merchant_id, id=batch_id, opened_at=None).update(opened_at=now)


def is_any_sealed(merchant_id: UUID, batch_ids: set[UUID]) -> bool:
    """Whether the codes of one of these batches may not be shown yet; call it inside a transaction."""
    sealed = SealedBatch.objects.filter(merchant_id=merchant_id, id__in=batch_ids, opened_at=None)
    return bool(batch_ids) and sealed.exists()
