"""The end of a card's validity: what is left leaves it, once nothing is authorized from it any more.

From the instant on the card is not spendable; whether and when this ran decides nothing but when the value is
told of as gone. `expire.sql` does the work, for one card as for many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.close_card import CardHasHolds
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, CloseReason, Status
from giftwell.domain.cards.refusals import CardIsClosed, CardIsPending
from giftwell.domain.ledger.models import Hold
from giftwell.foundation.audit.attempts import current_request_id
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import DomainError, Refused
from giftwell.kit.ids import public_id

AT_ONCE = 500


class CardIsNotDue(Refused):
    """Its validity is not over, or never ends."""

    code = "card_is_not_due"
    detail = "This card is still valid."


_REFUSALS: dict[str, type[DomainError]] = {
    "not_due": CardIsNotDue,
    "held": CardHasHolds,
    Status.PENDING: CardIsPending,
    Status.CLOSED: CardIsClosed,
}


@dataclass(frozen=True, slots=True)
class _Outcome:
    card_id: UUID
    outcome: str
    amount_minor: int


def expire_card(*, merchant_id: UUID, card_id: UUID, actor: Actor, now: datetime) -> Card:
    """Expire one card whose validity is over; one that expired before is given back as it is.

    Escrow value goes to the platform's `expired_value`, any other back to the merchant's `issued`. Raises
    `CardNotFound`, `CardIsNotDue`, `CardHasHolds` while a till may still capture, `CardIsPending`,
    `CardIsClosed`; each leaves a line in the audit.
    """
    subject = public_id(Card.PREFIX, card_id)
    with (
        refusals_noted("card.expired", merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        card = Card.objects.filter(merchant_id=merchant_id, id=card_id).first()
        if card is None:
            raise CardNotFound
        (outcome,) = _expire([card_id], actor, now)
        card.refresh_from_db()
        if outcome.outcome != "done" and card.close_reason != CloseReason.EXPIRED:
            raise _REFUSALS[outcome.outcome]
    return card


def expire_due(*, actor: Actor, now: datetime, at_most: int = AT_ONCE) -> int:
    """Expire up to `at_most` cards of all merchants that were over by `now`, the longest over first.

    Answers how many it looked at: call it again while that is `at_most`. In the platform's scope, each call
    in one transaction, so that a sweep that was stopped goes on where it was. Cards that wait for a hold are
    left for a later sweep.
    """
    with scope.platform():
        with reading():
            due = _due(now, at_most)
        if due:
            with transaction():
                _expire(due, actor, now)
    return len(due)


def _due(now: datetime, at_most: int) -> list[UUID]:
    live = Hold.objects.filter(account_id=OuterRef("account_id"), state="live", expires_at__gt=now)
    cards = Card.objects.filter(~Exists(live), status__in=(Status.ACTIVE, Status.FROZEN), expires_at__lte=now)
    return list(cards.order_by("expires_at", "id").values_list("id", flat=True)[:at_most])


def _expire(card_ids: Sequence[UUID], actor: Actor, now: datetime) -> list[_Outcome]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select card_id, outcome, amount_minor from cards.expire(%s::uuid[], %s, %s, %s)",
            [list(card_ids), str(actor), current_request_id(), now],
        )
        return [_Outcome(*row) for row in cursor.fetchall()]
