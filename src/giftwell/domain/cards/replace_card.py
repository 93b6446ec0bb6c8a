"""Give the holder of a lost card another one: the old code is dead at once, the value goes on."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.ending import end_emptied, whole_balance
from giftwell.domain.cards.events import CardReplaced
from giftwell.domain.cards.lineage import carried_on
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card, CardFreeze, CloseReason, FreezeReason, Status
from giftwell.domain.cards.moving import (
    Moved,
    cause_of,
    check_holder,
    check_open,
    is_over,
    move_value,
    moved_again,
)
from giftwell.domain.cards.refusals import CardIsExpired, CardIsFrozen
from giftwell.domain.cards.successor import open_successor
from giftwell.foundation.events.record import record
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.tenancy import scope
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused
from giftwell.kit.ids import public_id

OPERATION = "replacement"


class CardIsCarriedOn(Refused):
    """A card has one successor; this one came back from its expiry after a refund had opened one."""

    code = "card_is_carried_on"
    detail = "Another card carries this one on already. Move what is on this one to it."


def replace_card(
    *,
    merchant_id: UUID,
    card_id: UUID,
    key: str,
    actor: Actor,
    now: datetime,
    held_by: UUID | None = None,
) -> Moved:
    """Close the card as replaced and move its whole balance onto a new one with its own code; once for a
    `key`.

    The new card has the old one's program, design, holder and validity, and names it by `replaces`. A card
    that only its holder froze is replaced, since that is what one does with a lost card; any other freeze
    stands. Refused while a till may still capture from the card (`CardHasHolds`): freeze it until then.
    Refused as well for a card that expired, was carried on by a refund, and came back (`CardIsCarriedOn`).
    Raises also `CardNotFound`, `CardIsPending`, `CardIsFrozen`, `CardIsClosed`, `CardIsExpired`,
    `NothingOnCard`, and what a key is refused for.
    """
    subject = public_id(Card.PREFIX, card_id)
    with (
        refusals_noted(CardReplaced.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        once(
            merchant_id=merchant_id, operation=OPERATION, key=key, fields={"card": str(card_id)}, now=now
        ) as effect,
    ):
        if effect.is_replay:
            return moved_again(merchant_id, effect.resource)
        lost = locked_card(merchant_id, card_id, now)
        check_holder(lost, held_by)
        _check_freezes(lost, now)
        if carried_on(lost) != lost:
            raise CardIsCarriedOn
        value_minor = whole_balance(lost, now)
        card = open_successor(
            lost, value_minor=value_minor, expires_at=lost.expires_at, actor=actor, now=now, replaces=True
        )
        moved = move_value(
            lost,
            card,
            value_minor,
            cause=cause_of(key),
            reason=OPERATION,
            actor=actor,
            now=now,
        )
        effect.resource = moved.public_id
        _tell(lost, card, moved, actor=actor, now=now)
        end_emptied(lost, CloseReason.REPLACED, actor=actor, now=now)
    return moved


def _check_freezes(lost: Card, now: datetime) -> None:
    """As every movement, but the holder's own freeze does not stand in the holder's way."""
    if lost.status != Status.FROZEN:
        check_open(lost, now)
        return
    standing = CardFreeze.objects.filter(merchant_id=lost.merchant_id, card=lost, cleared_at=None)
    if standing.exclude(reason=FreezeReason.HOLDER).exists():
        raise CardIsFrozen
    if is_over(lost, now):
        raise CardIsExpired


def _tell(lost: Card, card: Card, moved: Moved, *, actor: Actor, now: datetime) -> None:
    event = CardReplaced(
        merchant_id=lost.merchant_id,
        subject=lost.public_id,
        posting=moved.public_id,
        by=card.public_id,
        amount_minor=moved.amount.amount_minor,
        currency=lost.currency,
    )
    record(event, actor=actor, at=now)
