"""Take a file in: as it arrives, unread. A job checks it, and a person decides then."""

import re
from collections.abc import Iterable
from datetime import datetime

from giftwell.domain.bulk.beginning import refuse_paid
from giftwell.domain.bulk.events import BatchUploaded
from giftwell.domain.bulk.models import Batch, Kind, Stage
from giftwell.domain.bulk.pieces import keep_pieces
from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.prepare_card import check_face
from giftwell.domain.catalog.models import Design, Program
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor

_LONGEST_NAME = 120
_UNTOLD = re.compile(r"[^\w .()\-]")


def upload_batch(
    *,
    kind: Kind,
    program: Program,
    file_name: str,
    content: Iterable[bytes],
    actor: Actor,
    now: datetime,
    design: Design | None = None,
) -> Batch:
    """Keep the file of an issue or an import, encrypted, for `check_batch` to judge.

    What it is shows in its first bytes, never in its name. Raises `ProgramNeedsPayment`, `FaceIsForeign`, and
    `FileIsUnreadable` where it is empty or too large; each leaves a line in the audit.
    """
    merchant_id = program.merchant_id
    with (
        refusals_noted(
            "batch.uploaded", merchant_id=merchant_id, subject=program.public_id, actor=actor, now=now
        ),
        scope.merchant(merchant_id),
        transaction(),
    ):
        refuse_paid(program)
        check_face(program, program.min_value_minor, None, design)
        batch = Batch.objects.create(
            merchant_id=merchant_id,
            kind=kind,
            stage=Stage.CHECKING,
            program=program,
            design=design,
            currency=program.currency,
            file_name=_UNTOLD.sub("_", file_name)[-_LONGEST_NAME:] or "file",
            created_by=str(actor),
            created_at=now,
        )
        keep_pieces(batch, content)
        event = BatchUploaded(
            merchant_id=merchant_id, subject=batch.public_id, kind=kind, program=program.public_id
        )
        record(event, actor=actor, at=now)
    return batch
