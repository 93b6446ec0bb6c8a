"""Take a grant back that nobody has used: the codes can be granted to somebody else then."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.bulk.download_export import ExportIsOver
from giftwell.domain.bulk.events import ExportWithdrawn
from giftwell.domain.bulk.locking import locked_batch
from giftwell.domain.bulk.models import Export
from giftwell.domain.bulk.refusals import BatchNotFound
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def withdraw_export(*, merchant_id: UUID, batch_id: UUID, actor: Actor, now: datetime) -> None:
    """Forget the grant and its passphrase. Raises `BatchNotFound`, and `ExportIsOver` once one began."""
    with scope.merchant(merchant_id), transaction():
        batch = locked_batch(merchant_id, batch_id)
        export = Export.objects.filter(merchant_id=merchant_id, batch=batch).first()
        if export is None:
            raise BatchNotFound
        if export.attempts:
            raise ExportIsOver
        gone = ExportWithdrawn(merchant_id=merchant_id, subject=batch.public_id, export=export.public_id)
        export.delete()
        record(gone, actor=actor, at=now)
