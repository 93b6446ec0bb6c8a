"""Put onto a card what somebody paid for it: a step of fulfilling an order."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.lineage import carried_on
from giftwell.domain.cards.loading import Loaded, check_load, tell_load
from giftwell.domain.cards.locking import CardNotFound, locked_card
from giftwell.domain.cards.models import Card, Status
from giftwell.domain.cards.moving import check_open, is_over
from giftwell.domain.cards.paid_value import Paid, post_paid
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.balance import balance
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def load_paid(
    *,
    merchant_id: UUID,
    card_id: UUID,
    value_minor: int,
    paid: Paid,
    line: str,
    cause: str,
    actor: Actor,
    now: datetime,
) -> Loaded:
    """Move a settled payment out of `unapplied` onto the card, or onto the one that replaced it since.

    `line` is the public id of the order's line, `cause` names it for ever; the caller makes sure that a line
    is loaded once. A freeze stops spending and not this: the money was taken. Raises, and changes nothing,
    where the card can take it no more: `CardNotFound`, `CardIsPending`, `CardIsClosed`, `CardIsExpired`,
    `ValueIsOutOfBounds`, `ExceedsMaxBalance`, `FundingIsNotSold`.
    """
    with scope.merchant(merchant_id), transaction():
        named = Card.objects.filter(merchant_id=merchant_id, id=card_id).first()
        if named is None:
            raise CardNotFound
        card = locked_card(merchant_id, carried_on(named).id, now)
        if card.status != Status.FROZEN or is_over(card, now):
            check_open(card, now)
        check_load(card, value_minor, balance(merchant_id, card.account_id, now=now).balance_minor)
        answer = post_paid(
            card,
            value_minor=value_minor,
            paid=paid,
            kind=chart.PostingKind.LOAD,
            cause=cause,
            actor=actor,
            now=now,
        )
        assert answer.posting_id is not None
        return tell_load(card, answer.posting_id, line=line, actor=actor, now=now)
