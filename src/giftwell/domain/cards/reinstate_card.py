"""Give an expired card back to its holder: the only way back from closed."""

from datetime import date, datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.events import CardReinstated
from giftwell.domain.cards.expiry import end_of, expires_at
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card, CardFreeze, CloseReason, Expiry, Status
from giftwell.domain.cards.refusals import CardIsClosed
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.post import Move, post_one
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import PLATFORM, scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid, Refused
from giftwell.kit.ids import public_id

MOST_YEARS = 100


class CardIsNotExpired(Refused):
    """There is nothing to give back: the card has not expired."""

    code = "card_is_not_expired"
    detail = "This card has not expired."


class LastDayIsInvalid(Invalid):
    """The new last day is over already, or further off than anyone means."""

    code = "last_day_is_invalid"
    detail = "Choose a last day after today, within the next hundred years."


def reinstate_card(
    *, merchant_id: UUID, card_id: UUID, actor: Actor, now: datetime, last_day: date | None = None
) -> Card:
    """Open an expired card again with what it had, the exact mirror of its expiry; it ends on `last_day`.

    Without a last day the card is valid as one of its program that begins now. A freeze that stood when it
    expired stands again. One that was reinstated already is given back as it is. Raises `CardNotFound`,
    `CardIsNotExpired`, `CardIsClosed`, `LastDayIsInvalid`; each leaves a line in the audit.
    """
    subject = public_id(Card.PREFIX, card_id)
    with (
        refusals_noted("card.reinstated", merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        transaction(),
    ):
        card = locked_card(merchant_id, card_id, now)
        expiries = Expiry.objects.filter(merchant_id=merchant_id, card=card)
        if card.status != Status.CLOSED:
            if expiries.exists():
                return card
            raise CardIsNotExpired
        if card.close_reason != CloseReason.EXPIRED:
            raise CardIsClosed
        ends_at = _ends_at(card, last_day, now)
        expiry = expiries.get(reinstated_at=None)
        _give_back(card, expiry, actor=actor, now=now)
        expiry.reinstated_at = now
        expiry.save(update_fields=["reinstated_at"])
        _reopen(card, ends_at)
        event = CardReinstated(
            merchant_id=merchant_id,
            subject=card.public_id,
            amount_minor=expiry.amount_minor,
            currency=card.currency,
            expires_at=ends_at,
        )
        record(event, actor=actor, at=now)
    return card


def _ends_at(card: Card, last_day: date | None, now: datetime) -> datetime | None:
    if last_day is None:
        return expires_at(now, card.program, card.merchant)
    if not now.year <= last_day.year <= now.year + MOST_YEARS:
        raise LastDayIsInvalid(errors={"last_day": LastDayIsInvalid.detail})
    ends_at = end_of(last_day, card.merchant)
    if ends_at <= now:
        raise LastDayIsInvalid(errors={"last_day": LastDayIsInvalid.detail})
    return ends_at


def _give_back(card: Card, expiry: Expiry, *, actor: Actor, now: datetime) -> None:
    if not expiry.amount_minor:
        return
    taker = card.program.issued_account_id
    if taker is None:
        (taker,) = open_accounts([AccountSpec(PLATFORM, "expired_value", card.currency)])
    legs = chart.expire(card=card.account_id, taker=taker, amount_minor=expiry.amount_minor)
    move = Move(
        merchant_id=card.merchant_id,
        kind=chart.PostingKind.REINSTATE,
        currency=card.currency,
        cause=f"reinstate:{expiry.id}",
        legs=chart.mirror(legs),
        actor=str(actor),
        subject=card.account_id,
    )
    post_one(move, now=now)


def _reopen(card: Card, ends_at: datetime | None) -> None:
    card.status, card.close_reason, card.closed_at, card.expires_at = Status.ACTIVE, "", None, ends_at
    card.save(update_fields=["status", "close_reason", "closed_at", "expires_at"])
    # Closed opens to active only; a reason to freeze it that nobody has cleared still holds.
    if CardFreeze.objects.filter(merchant_id=card.merchant_id, card=card, cleared_at=None).exists():
        card.status = Status.FROZEN
        card.save(update_fields=["status"])
