"""Correct what is on a card: a little by one person, more by two."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.domain.cards.adjusting import (
    REQUEST_LASTS,
    GoodwillNeedsEscrow,
    apply,
    card_to_adjust,
    checked_reason,
    takes_two,
)
from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.events import AdjustmentApplied, AdjustmentRequested
from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.cards.queries import adjusted_alone
from giftwell.domain.ledger.refusals import AmountInvalid, WrongCurrency
from giftwell.foundation.events.record import record
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.tenancy import scope
from giftwell.kit.actor import Actor
from giftwell.kit.ids import new_id, parse_id, public_id
from giftwell.kit.money import MAX_MINOR, Money

OPERATION = "adjustment"


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The adjustment, applied or requested, and whether an earlier call with the key had made it."""

    adjustment: Adjustment
    is_replay: bool


def adjust_card(
    *,
    merchant_id: UUID,
    card_id: UUID,
    change: Money,
    reason: str,
    key: str,
    actor: Actor,
    now: datetime,
    source: Adjustment.Source = Adjustment.Source.MERCHANT,
) -> Adjusted:
    """Add `change` to the card, below zero take it off: at once where it is small, else as a request.

    Small is what `takes_two` leaves to one actor in a day. A request waits seven days for another person's
    approval. The value comes from, and goes to, the merchant's `payable` in escrow and its `issued`
    otherwise; with `source` goodwill the platform gives it. The same `key` adjusts once. Raises
    `CardNotFound`, `CardIsPending`, `CardIsClosed`, `CardIsExpired`, `AmountInvalid`, `WrongCurrency`,
    `ReasonIsInvalid`, `GoodwillNeedsEscrow`, `ExceedsMaxBalance`, `PayableDoesNotCover`,
    `InsufficientFunds`, and what a key is refused for; each leaves a line in the audit.
    """
    fields = {
        "card": str(card_id),
        "change_minor": change.amount_minor,
        "currency": change.currency,
        "reason": reason.strip(),
        "source": str(source),
    }
    subject = public_id(Card.PREFIX, card_id)
    with (
        refusals_noted(
            AdjustmentApplied.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now
        ),
        scope.merchant(merchant_id),
        once(merchant_id=merchant_id, operation=OPERATION, key=key, fields=fields, now=now) as effect,
    ):
        if effect.is_replay:
            kept = Adjustment.objects.get(
                merchant_id=merchant_id, pk=parse_id(Adjustment.PREFIX, effect.resource)
            )
            return Adjusted(kept, is_replay=True)
        reason = checked_reason(reason)
        _wait_for_turn(merchant_id, actor)
        card, payable = card_to_adjust(merchant_id, card_id, now)
        _check(card, change, source)
        adjustment = _adjustment(card, change, reason, source, actor, now)
        if adjustment.state == Adjustment.State.APPLIED:
            apply(adjustment, card, payable, actor=actor, now=now)
        else:
            record(_requested(adjustment, card), actor=actor, at=now, changes={"reason": reason})
        effect.resource = adjustment.public_id
    return Adjusted(adjustment, is_replay=False)


def _wait_for_turn(merchant_id: UUID, actor: Actor) -> None:
    """Two small ones of one actor at once would each find the day's limit free; the lock ends with the
    transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"adjust:{merchant_id}:{actor}"]
        )


def _check(card: Card, change: Money, source: str) -> None:
    if change.amount_minor == 0 or abs(change.amount_minor) > MAX_MINOR:
        raise AmountInvalid(errors={"amount_minor": "The amount must not be zero."})
    if change.currency != card.currency:
        raise WrongCurrency(errors={"currency": f"This card is in {card.currency}."})
    if source == Adjustment.Source.GOODWILL:
        if change.amount_minor < 0:
            raise AmountInvalid(errors={"amount_minor": "Goodwill is only given."})
        if not card.program.needs_payment:
            raise GoodwillNeedsEscrow


def _adjustment(
    card: Card, change: Money, reason: str, source: Adjustment.Source, actor: Actor, now: datetime
) -> Adjustment:
    is_request = takes_two(
        funding=card.program.funding,
        source=source,
        change_minor=change.amount_minor,
        alone_minor=adjusted_alone(card.merchant, card.currency, actor, now),
        currency=card.currency,
    )
    return Adjustment.objects.create(
        id=new_id(),
        merchant_id=card.merchant_id,
        card=card,
        change_minor=change.amount_minor,
        currency=card.currency,
        source=source,
        reason=reason,
        state=Adjustment.State.REQUESTED if is_request else Adjustment.State.APPLIED,
        requested_by=str(actor),
        requested_at=now,
        lapses_at=now + REQUEST_LASTS if is_request else None,
        decided_at=None if is_request else now,
    )


def _requested(adjustment: Adjustment, card: Card) -> AdjustmentRequested:
    return AdjustmentRequested(
        merchant_id=card.merchant_id,
        subject=card.public_id,
        adjustment=adjustment.public_id,
        source=adjustment.source,
        change_minor=adjustment.change_minor,
        currency=card.currency,
    )
