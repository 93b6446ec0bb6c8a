"""The one way to hold a batch still: whoever changes it or makes its cards has locked its row."""

from uuid import UUID

from giftwell.domain.bulk.models import Batch
from giftwell.domain.bulk.refusals import BatchNotFound


def locked_batch(merchant_id: UUID, batch_id: UUID) -> Batch:
    """The batch, locked till the transaction ends. Raises `BatchNotFound`."""
    mine = Batch.objects.filter(merchant_id=merchant_id, id=batch_id)
    batch = mine.select_related("program").select_for_update(of=("self",), no_key=True).first()
    if batch is None:
        raise BatchNotFound
    return batch
