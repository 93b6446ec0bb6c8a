"""Put value that a buyer paid for onto a card, in the way of its program's funding: at a sale or a load."""

from dataclasses import dataclass
from datetime import datetime

from giftwell.domain.cards.models import Card
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.post import Answer, Move, post_one
from giftwell.foundation.tenancy import PLATFORM
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class FundingIsNotSold(Refused):
    """Promotional value is given away: no payment loads it."""

    code = "funding_is_not_sold"
    detail = "Cards of this program are not loaded by a payment."


@dataclass(frozen=True, slots=True)
class Paid:
    """What the buyer paid for one card, in minor units: its price, and the platform's fee beside it."""

    price_minor: int
    fee_minor: int = 0


def commission_at_sale(card: Card, price_minor: int) -> int:
    """What the platform keeps of the price now: of a direct program its commission, else nothing.

    Escrow pays when it is spent. The commission is on what was paid, so a discount is not charged for.
    """
    program = card.program
    if program.needs_payment:
        return 0
    return chart.commission_on(
        price_minor, bps=program.commission_bps, fixed_minor=program.commission_fixed_minor
    )


def post_paid(
    card: Card,
    *,
    value_minor: int,
    paid: Paid,
    kind: chart.PostingKind,
    cause: str,
    actor: Actor,
    now: datetime,
) -> Answer:
    """Move a settled payment out of `unapplied`, for `value_minor` on the locked card.

    `cause` names it for ever. In escrow the price becomes the card's value, and the merchant adds what it
    gave off out of `pending`. In a direct program the merchant earns the price, less the commission, and owes
    the value itself. Raises `FundingIsNotSold`.
    """
    program = card.program
    if not program.is_sold:
        raise FundingIsNotSold
    unapplied, fees = open_accounts(
        [AccountSpec(merchant_id=PLATFORM, kind=one, currency=card.currency) for one in ("unapplied", "fees")]
    )
    if program.issued_account_id is None:
        legs = chart.fulfil(
            unapplied=unapplied,
            card=card.account_id,
            pending=program.pending_account_id,
            fees=fees,
            value_minor=value_minor,
            discount_minor=value_minor - paid.price_minor,
            fee_minor=paid.fee_minor,
        )
    else:
        legs = chart.fulfil_direct(
            unapplied=unapplied,
            card=card.account_id,
            pending=program.pending_account_id,
            commission=program.commission_account_id,
            issued=program.issued_account_id,
            fees=fees,
            value_minor=value_minor,
            price_minor=paid.price_minor,
            commission_minor=commission_at_sale(card, paid.price_minor),
            fee_minor=paid.fee_minor,
        )
    move = Move(
        merchant_id=card.merchant_id,
        kind=kind,
        currency=card.currency,
        cause=cause,
        legs=legs,
        actor=str(actor),
        subject=card.account_id,
    )
    return post_one(move, now=now)
