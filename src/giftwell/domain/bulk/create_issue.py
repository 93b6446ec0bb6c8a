"""Issue many cards that are all alike."""

from dataclasses import dataclass
from datetime import datetime

from giftwell.domain.bulk.beginning import begin, refuse_paid
from giftwell.domain.bulk.limits import MOST_ROWS
from giftwell.domain.bulk.models import Batch, Kind, Stage
from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.prepare_card import check_face
from giftwell.domain.catalog.models import Design, Program
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.tenancy import scope
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid
from giftwell.kit.ids import parse_id


class BatchSizeIsInvalid(Invalid):
    """Too few or too many cards for one batch."""

    code = "batch_size_is_invalid"
    detail = f"A batch has 1 to {MOST_ROWS:,} cards."


@dataclass(frozen=True, slots=True)
class Created:
    """The batch of a call; `replayed` where an earlier call with the key made it."""

    batch: Batch
    replayed: bool


def create_issue(
    *,
    program: Program,
    value_minor: int,
    count: int,
    key: str,
    actor: Actor,
    now: datetime,
    design: Design | None = None,
) -> Created:
    """Begin a batch of `count` cards of `value_minor` each, of a promo or direct program; a job makes them.

    `key` makes the call safe to repeat. Raises `ProgramNeedsPayment`, `ValueIsOutOfBounds`, `FaceIsForeign`,
    `BatchSizeIsInvalid`, `ExceedsIssueLimit`, `MerchantIsSuspended`, and what a key is refused for; each
    leaves a line in the audit.
    """
    merchant_id = program.merchant_id
    fields = {
        "program": str(program.id),
        "value_minor": value_minor,
        "count": count,
        "design": str(design.id) if design else None,
    }
    with (
        refusals_noted(
            "batch.begun", merchant_id=merchant_id, subject=program.public_id, actor=actor, now=now
        ),
        scope.merchant(merchant_id),
    ):
        refuse_paid(program)
        if not 1 <= count <= MOST_ROWS:
            raise BatchSizeIsInvalid(errors={"count": BatchSizeIsInvalid.detail})
        check_face(program, value_minor, None, design)
        with once(
            merchant_id=merchant_id, operation="create_issue", key=key, fields=fields, now=now
        ) as effect:
            if effect.is_replay:
                batch_id = parse_id(Batch.PREFIX, effect.resource)
                return Created(Batch.objects.get(merchant_id=merchant_id, id=batch_id), replayed=True)
            batch = Batch(
                merchant_id=merchant_id,
                kind=Kind.ISSUE,
                stage=Stage.RUNNING,
                program=program,
                design=design,
                currency=program.currency,
                value_minor=value_minor,
                cards_wanted=count,
                wanted_minor=value_minor * count,
                created_by=str(actor),
                created_at=now,
            )
            begin(batch, actor=actor, now=now)
            batch.save(force_insert=True)
            effect.resource = batch.public_id
    return Created(batch, replayed=False)
