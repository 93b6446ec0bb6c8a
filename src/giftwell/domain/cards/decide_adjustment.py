"""The second person: approve what somebody else asked for, or decline it. A machine never decides."""

from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.adjusting import apply, card_to_adjust
from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.events import AdjustmentApproved, AdjustmentDeclined
from giftwell.domain.cards.models import Adjustment, Card
from giftwell.foundation.events.record import record
from giftwell.foundation.identity.models import ApiKey
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Forbidden, NotFound, Refused
from giftwell.kit.ids import parse_id, public_id


class UnknownAdjustment(NotFound):
    """No such adjustment, another merchant's, or not for this desk to decide."""

    code = "unknown_adjustment"
    detail = "There is no such adjustment."


class OnlyPeopleDecide(Forbidden):
    """A key or a job is not a second person."""

    code = "only_people_decide"
    detail = "Only a person can decide on an adjustment."


class OwnAdjustment(Forbidden):
    """Whoever asked, by themselves or by a key they made, is not the second person."""

    code = "own_adjustment"
    detail = "You asked for this adjustment. Somebody else has to approve it."


class AdjustmentIsDecided(Refused):
    """It was approved or declined before."""

    code = "adjustment_is_decided"
    detail = "This adjustment has been decided on already."


class AdjustmentHasLapsed(Refused):
    """Nobody decided in time; it can be asked for again."""

    code = "adjustment_has_lapsed"
    detail = "Nobody decided on this adjustment in time. Ask for it again."


def approve_adjustment(
    *,
    merchant_id: UUID,
    adjustment_id: UUID,
    actor: Actor,
    now: datetime,
    source: Adjustment.Source = Adjustment.Source.MERCHANT,
) -> Adjustment:
    """Apply a requested adjustment; `source` says whose desk decides, the merchant's or the platform's.

    Approved twice by one person it is applied once, and given back. Raises `UnknownAdjustment`,
    `OnlyPeopleDecide`, `OwnAdjustment`, `AdjustmentIsDecided`, `AdjustmentHasLapsed`, and what the card or
    the money is refused for as in `adjust_card`; the request stays open then. Each refusal leaves a line in
    the audit.
    """
    with (
        _noted(AdjustmentApproved.TYPE, merchant_id, adjustment_id, actor, now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        asked = _found(merchant_id, adjustment_id, source)
        _check_person(asked, actor)
        if asked.state == Adjustment.State.APPLIED and asked.decided_by == str(actor):
            return asked
        _check_open(asked, now)
        # The card's account first, then the row: of two who approve at once, the second finds it decided.
        card, payable = card_to_adjust(merchant_id, asked.card_id, now)
        adjustment = Adjustment.objects.for_update().get(merchant_id=merchant_id, pk=adjustment_id)
        _check_open(adjustment, now)
        _decide(adjustment, Adjustment.State.APPLIED, actor, now)
        approved = AdjustmentApproved(
            merchant_id=merchant_id, subject=card.public_id, adjustment=adjustment.public_id
        )
        record(approved, actor=actor, at=now)
        apply(adjustment, card, payable, actor=actor, now=now)
    return adjustment


def decline_adjustment(
    *,
    merchant_id: UUID,
    adjustment_id: UUID,
    actor: Actor,
    now: datetime,
    source: Adjustment.Source = Adjustment.Source.MERCHANT,
) -> Adjustment:
    """Decline a requested adjustment, or take one's own back; a declined one is given back as it is.

    Raises `UnknownAdjustment`, `OnlyPeopleDecide`, `AdjustmentIsDecided`.
    """
    with (
        _noted(AdjustmentDeclined.TYPE, merchant_id, adjustment_id, actor, now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        if actor.kind != "person":
            raise OnlyPeopleDecide
        _found(merchant_id, adjustment_id, source)
        adjustment = Adjustment.objects.for_update().get(merchant_id=merchant_id, pk=adjustment_id)
        if adjustment.state == Adjustment.State.DECLINED:
            return adjustment
        if adjustment.state == Adjustment.State.APPLIED:
            raise AdjustmentIsDecided
        _decide(adjustment, Adjustment.State.DECLINED, actor, now)
        event = AdjustmentDeclined(
            merchant_id=merchant_id,
            subject=public_id(Card.PREFIX, adjustment.card_id),
            adjustment=adjustment.public_id,
        )
        record(event, actor=actor, at=now)
    return adjustment


def is_own(adjustment: Adjustment, actor: Actor) -> bool:
    """Whether this person asked for it: under whatever role, or by a key that they made."""
    asked_by = Actor.parse(adjustment.requested_by)
    if asked_by.kind != "api_key":
        return str(asked_by) == str(actor)
    keys = ApiKey.objects.filter(merchant_id=adjustment.merchant_id, id=parse_id(ApiKey.PREFIX, asked_by.id))
    return keys.filter(created_by=str(actor)).exists()


def _noted(
    action: str, merchant_id: UUID, adjustment_id: UUID, actor: Actor, now: datetime
) -> AbstractContextManager[None]:
    subject = public_id(Adjustment.PREFIX, adjustment_id)
    return refusals_noted(action, merchant_id=merchant_id, subject=subject, actor=actor, now=now)


def _found(merchant_id: UUID, adjustment_id: UUID, source: Adjustment.Source) -> Adjustment:
    found = Adjustment.objects.filter(merchant_id=merchant_id, pk=adjustment_id, source=source).first()
    if found is None:
        raise UnknownAdjustment
    return found


def _check_person(adjustment: Adjustment, actor: Actor) -> None:
    if actor.kind != "person":
        raise OnlyPeopleDecide
    if is_own(adjustment, actor):
        raise OwnAdjustment


def _check_open(adjustment: Adjustment, now: datetime) -> None:
    state = adjustment.state_at(now)
    if state == "lapsed":
        raise AdjustmentHasLapsed
    if state != Adjustment.State.REQUESTED:
        raise AdjustmentIsDecided


def _decide(adjustment: Adjustment, state: Adjustment.State, actor: Actor, now: datetime) -> None:
    adjustment.state, adjustment.decided_by, adjustment.decided_at = state, str(actor), now
    adjustment.save(update_fields=["state", "decided_by", "decided_at"])
