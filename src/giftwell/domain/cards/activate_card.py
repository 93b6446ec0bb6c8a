"""Load a pending card out of a settled payment, and give it its code: here a code comes into being."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.codes import make_code
from giftwell.domain.cards.events import CardActivated
from giftwell.domain.cards.expiry import expires_at
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card, Status
from giftwell.domain.cards.refusals import CardIsClosed
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.post import Move, post_one
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import PLATFORM, scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class FundingIsNotSold(Refused):
    """Only value that the platform holds in escrow is sold through an order."""

    code = "funding_is_not_sold"
    detail = "Cards of this program are not loaded by a payment."


@dataclass(frozen=True, slots=True)
class Paid:
    """What the buyer paid for one card, in minor units: its price, and the platform's fee beside it."""

    price_minor: int
    fee_minor: int = 0


def activate_card(
    *, merchant_id: UUID, card_id: UUID, paid: Paid, cause: str, actor: Actor, now: datetime
) -> Card:
    """Move the paid value from `unapplied` onto the card, make its code, start its validity.

    What the price is below the face value, the merchant adds out of `pending`. `cause` names the order's line
    for ever (`fulfil:<line>`). A card that was activated before, frozen since or not, is given back as it is:
    a repeated message loads nothing and thaws nothing. Raises `CardNotFound`, `CardIsClosed`,
    `FundingIsNotSold`.
    """
    with scope.merchant(merchant_id), transaction():
        card = locked_card(merchant_id, card_id, now)
        if card.status == Status.CLOSED:
            raise CardIsClosed
        if card.status != Status.PENDING:
            return card
        if not card.program.needs_payment:
            raise FundingIsNotSold
        _load(card, paid, cause=cause, actor=actor, now=now)
        kept = make_code(merchant_id, card.id)
        card.status, card.activated_at = Status.ACTIVE, now
        card.code_hash, card.code_encrypted, card.last4 = kept.code_hash, kept.code_encrypted, kept.last4
        card.expires_at = expires_at(now, card.program.validity_days, card.merchant.time_zone)
        card.save(
            update_fields=["status", "activated_at", "code_hash", "code_encrypted", "last4", "expires_at"]
        )
        record(activated(card), actor=actor, at=now)
    return card


def activated(card: Card) -> CardActivated:
    """The event of a card that can be spent now."""
    return CardActivated(
        merchant_id=card.merchant_id,
        subject=card.public_id,
        amount_minor=card.face_value_minor,
        currency=card.currency,
    )


def _load(card: Card, paid: Paid, *, cause: str, actor: Actor, now: datetime) -> None:
    unapplied, fees = open_accounts(
        [
            AccountSpec(merchant_id=PLATFORM, kind=kind, currency=card.currency)
            for kind in ("unapplied", "fees")
        ]
    )
    legs = chart.fulfil(
        unapplied=unapplied,
        card=card.account_id,
        pending=card.program.pending_account_id,
        fees=fees,
        value_minor=card.face_value_minor,
        discount_minor=card.face_value_minor - paid.price_minor,
        fee_minor=paid.fee_minor,
    )
    move = Move(
        merchant_id=card.merchant_id,
        kind=chart.PostingKind.FULFIL,
        currency=card.currency,
        cause=cause,
        legs=legs,
        actor=str(actor),
        subject=card.account_id,
    )
    post_one(move, now=now)
