"""The steps that the two loads share: may this card take it, and the telling of it.

A load is a value that the program's cards come in. The card lasts from then on as long as a new one would,
and never shorter than before.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.caps import check_balance_cap
from giftwell.domain.cards.events import CardLoaded
from giftwell.domain.cards.expiry import expires_at
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.moving import lengthen
from giftwell.domain.cards.prepare_card import check_face
from giftwell.domain.ledger.models import Posting
from giftwell.foundation.events.record import record
from giftwell.kit.actor import Actor
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money


@dataclass(frozen=True, slots=True)
class Loaded:
    """One load of a card, and what the card had after it, the first time if `is_replay`."""

    posting_id: UUID
    card_id: UUID
    amount: Money
    balance: Money
    at: datetime
    is_replay: bool = False

    @property
    def public_id(self) -> str:
        """The id shown outside, `post_…`."""
        return public_id(Posting.PREFIX, self.posting_id)


def check_load(card: Card, value_minor: int, balance_minor: int) -> None:
    """Raise `ValueIsOutOfBounds` or `ExceedsMaxBalance` where the program has no such load."""
    check_face(card.program, value_minor, None, None)
    check_balance_cap(card.program, balance_minor + value_minor)


def loaded_by(card_id: UUID, posting: Posting, *, is_replay: bool) -> Loaded:
    """The load that a posting made, out of the books."""
    assert posting.amount_minor is not None
    assert posting.balance_minor is not None
    return Loaded(
        posting_id=posting.id,
        card_id=card_id,
        amount=Money(posting.amount_minor, posting.currency),
        balance=Money(posting.balance_minor, posting.currency),
        at=posting.posted_at,
        is_replay=is_replay,
    )


def tell_load(card: Card, posting_id: UUID, *, line: str = "", actor: Actor, now: datetime) -> Loaded:
    """Lengthen the locked card's validity and record `card.loaded`, in the transaction of the posting."""
    loaded = loaded_by(
        card.id, Posting.objects.get(merchant_id=card.merchant_id, id=posting_id), is_replay=False
    )
    changes = lengthen(card, expires_at(now, card.program, card.merchant))
    event = CardLoaded(
        merchant_id=card.merchant_id,
        subject=card.public_id,
        posting=loaded.public_id,
        amount_minor=loaded.amount.amount_minor,
        balance_minor=loaded.balance.amount_minor,
        currency=card.currency,
        line=line,
    )
    record(event, actor=actor, at=now, changes=changes)
    return loaded
