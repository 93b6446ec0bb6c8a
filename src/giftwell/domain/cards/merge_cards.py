"""Put all of a card's value onto another card and end it: two cards become one."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.ending import end_emptied, whole_balance
from giftwell.domain.cards.events import CardMerged
from giftwell.domain.cards.models import Card, CloseReason
from giftwell.domain.cards.moving import Moved, cause_of, check_room, locked_pair, move_value, moved_again
from giftwell.foundation.events.record import record
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.tenancy import scope
from giftwell.kit.actor import Actor
from giftwell.kit.ids import public_id

OPERATION = "merge"


def merge_cards(
    *,
    merchant_id: UUID,
    source_id: UUID,
    target_id: UUID,
    key: str,
    actor: Actor,
    now: datetime,
    held_by: UUID | None = None,
) -> Moved:
    """Move the source's whole balance onto the target and close the source as merged; once for a `key`.

    As `transfer_value`, but for the whole: a source with a live authorization is refused, because what a till
    may still capture cannot move. Raises what `transfer_value` raises, `CardHasHolds` and `NothingOnCard`.
    """
    fields = {"from": str(source_id), "to": str(target_id)}
    subject = public_id(Card.PREFIX, source_id)
    with (
        refusals_noted(CardMerged.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        once(merchant_id=merchant_id, operation=OPERATION, key=key, fields=fields, now=now) as effect,
    ):
        if effect.is_replay:
            return moved_again(merchant_id, effect.resource)
        source, target = locked_pair(merchant_id, source_id, target_id, held_by=held_by, now=now)
        value_minor = whole_balance(source, now)
        check_room(target, value_minor, now)
        moved = move_value(
            source,
            target,
            value_minor,
            cause=cause_of(key),
            reason=OPERATION,
            actor=actor,
            now=now,
        )
        effect.resource = moved.public_id
        event = CardMerged(
            merchant_id=merchant_id,
            subject=source.public_id,
            posting=moved.public_id,
            into=target.public_id,
            amount_minor=moved.amount.amount_minor,
            currency=source.currency,
        )
        record(event, actor=actor, at=now)
        end_emptied(source, CloseReason.MERGED, actor=actor, now=now)
    return moved
