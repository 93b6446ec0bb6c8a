"""Move part of a card's value onto another card."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.events import ValueTransferred
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.moving import Moved, cause_of, check_room, locked_pair, move_value, moved_again
from giftwell.domain.ledger.refusals import AmountInvalid, WrongCurrency
from giftwell.foundation.events.record import record
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.tenancy import scope
from giftwell.kit.actor import Actor
from giftwell.kit.ids import public_id
from giftwell.kit.money import MAX_MINOR, Money

OPERATION = "transfer"


def transfer_value(
    *,
    merchant_id: UUID,
    source_id: UUID,
    target_id: UUID,
    amount: Money,
    key: str,
    actor: Actor,
    now: datetime,
    held_by: UUID | None = None,
) -> Moved:
    """Move `amount` of what is available on the source onto the target; the same `key` moves it once.

    Both cards must be active and in validity, of one merchant, currency and funding; the target is valid
    until the later of the two ends after it. With `held_by` the source must be in that person's wallet, and
    the caller has made sure that the target is too, or that its code was shown. Raises
    `CardNotFound`, `SameCard`, `CardsDoNotMatch`, `CardIsPending`, `CardIsFrozen`, `CardIsClosed`,
    `CardIsExpired`, `WrongCurrency`, `AmountInvalid`, `InsufficientFunds`, `ExceedsMaxBalance`, and what a
    key is refused for.
    """
    fields = {
        "from": str(source_id),
        "to": str(target_id),
        "amount_minor": amount.amount_minor,
        "currency": amount.currency,
    }
    subject = public_id(Card.PREFIX, source_id)
    with (
        refusals_noted(ValueTransferred.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        once(merchant_id=merchant_id, operation=OPERATION, key=key, fields=fields, now=now) as effect,
    ):
        if effect.is_replay:
            return moved_again(merchant_id, effect.resource)
        source, target = locked_pair(merchant_id, source_id, target_id, held_by=held_by, now=now)
        _check_amount(amount, source)
        check_room(target, amount.amount_minor, now)
        moved = move_value(
            source,
            target,
            amount.amount_minor,
            cause=cause_of(key),
            reason=OPERATION,
            actor=actor,
            now=now,
        )
        effect.resource = moved.public_id
        record(_told(source, target, moved), actor=actor, at=now)
    return moved


def _check_amount(amount: Money, source: Card) -> None:
    if not 1 <= amount.amount_minor <= MAX_MINOR:
        raise AmountInvalid(errors={"amount_minor": AmountInvalid.detail})
    if amount.currency != source.currency:
        raise WrongCurrency(errors={"currency": f"These cards are in {source.currency}."})


def _told(source: Card, target: Card, moved: Moved) -> ValueTransferred:
    return ValueTransferred(
        merchant_id=source.merchant_id,
        subject=source.public_id,
        posting=moved.public_id,
        to=target.public_id,
        amount_minor=moved.amount.amount_minor,
        balance_minor=moved.source_balance.amount_minor,
        currency=source.currency,
    )
