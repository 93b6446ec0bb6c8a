"""Let one person carry the codes of a batch away, once; the passphrase goes to whoever grants it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from giftwell.domain.bulk.events import ExportGranted
from giftwell.domain.bulk.locking import locked_batch
from giftwell.domain.bulk.models import Batch, Export, Stage
from giftwell.domain.bulk.refusals import BatchIsNotReady
from giftwell.domain.cards.attempts import refusals_noted
from giftwell.foundation.events.record import record
from giftwell.foundation.identity.models import Membership
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit import codes
from giftwell.kit.actor import Actor
from giftwell.kit.crypto import encrypt
from giftwell.kit.errors import Invalid, Refused
from giftwell.kit.ids import new_id, public_id


class ExportIsGranted(Refused):
    """Somebody may export these codes, or has: there is one export of a batch."""

    code = "export_is_granted"
    detail = "The codes of this batch were given to somebody already. A batch is exported once."


class PersonIsNoMember(Invalid):
    """Codes are money: they go to people of the shop alone."""

    code = "person_is_no_member"
    detail = "Choose somebody who works in this shop."


@dataclass(frozen=True, slots=True)
class Granted:
    """The export, and the passphrase of its archive: shown now, and never again."""

    export: Export
    passphrase: str


def grant_export(
    *, merchant_id: UUID, batch_id: UUID, person_id: UUID, actor: Actor, now: datetime
) -> Granted:
    """Name the person who may download the codes of a complete batch. Tell them the passphrase another way.

    Raises `BatchNotFound`, `BatchIsNotReady`, `ExportIsGranted`, `PersonIsNoMember`; each leaves a line in
    the audit.
    """
    subject = public_id(Batch.PREFIX, batch_id)
    with (
        refusals_noted(
            "batch.export_granted", merchant_id=merchant_id, subject=subject, actor=actor, now=now
        ),
        scope.merchant(merchant_id),
        transaction(),
    ):
        batch = locked_batch(merchant_id, batch_id)
        if batch.stage != Stage.COMPLETE:
            raise BatchIsNotReady
        if Export.objects.filter(merchant_id=merchant_id, batch=batch).exists():
            raise ExportIsGranted
        if not Membership.objects.filter(merchant_id=merchant_id, user_id=person_id).exists():
            raise PersonIsNoMember(errors={"person": PersonIsNoMember.detail})
        export_id, passphrase = new_id(), codes.display(codes.new_code())
        export = Export.objects.create(
            id=export_id,
            merchant_id=merchant_id,
            batch=batch,
            person_id=person_id,
            granted_by=str(actor),
            granted_at=now,
            passphrase_encrypted=encrypt(
                settings.KEYRINGS["credentials"], passphrase.encode(), bound_to(export_id)
            ),
        )
        event = ExportGranted(
            merchant_id=merchant_id,
            subject=batch.public_id,
            export=export.public_id,
            person=public_id("usr", person_id),
        )
        record(event, actor=actor, at=now)
    return Granted(export, passphrase)


def bound_to(export_id: UUID) -> bytes:
    """The one place where the export's encrypted passphrase opens."""
    return b"bulk.export:" + export_id.bytes
