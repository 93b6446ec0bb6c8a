"""The steps that transfer, merge, split and replace share: value of one card becomes value of another.

Each of them locks both accounts in one call and judges what it reads after. What moves keeps its validity and
takes nothing from the card it comes to: the receiving card is valid until the later of the two ends.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.caps import check_balance_cap
from giftwell.domain.cards.events import ValueReceived
from giftwell.domain.cards.locking import CardNotFound, locked_cards
from giftwell.domain.cards.models import Card, Status
from giftwell.domain.cards.refusals import CardIsClosed, CardIsExpired, CardIsFrozen, CardIsPending
from giftwell.domain.cards.successor import later
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.balance import balance
from giftwell.domain.ledger.models import Posting, Transfer
from giftwell.domain.ledger.post import Move, post_new
from giftwell.foundation.events.record import record
from giftwell.kit.actor import Actor
from giftwell.kit.errors import DomainError, Invalid, Refused
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import Money


class SameCard(Invalid):
    """From a card to itself nothing moves."""

    code = "same_card"
    detail = "Choose two different cards."


class CardsDoNotMatch(Refused):
    """Value stays what it is: in its currency, and owed by whoever owed it before."""

    code = "cards_do_not_match"
    detail = "Value moves only between cards of the same currency and the same funding."


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement from card to card; what each had after it, the first time if `is_replay`."""

    posting_id: UUID
    source_id: UUID
    target_id: UUID
    amount: Money
    source_balance: Money
    target_balance: Money
    at: datetime
    is_replay: bool = False

    @property
    def public_id(self) -> str:
        """The id shown outside, `post_…`."""
        return public_id(Posting.PREFIX, self.posting_id)


def cause_of(key: str) -> str:
    """The cause of a movement that a caller named by `key`.

    The space of keys that the tills use too: what has a key is found, or undone, by that key alone.
    """
    return f"key:{key}"


def locked_pair(
    merchant_id: UUID, source_id: UUID, target_id: UUID, *, held_by: UUID | None, now: datetime
) -> tuple[Card, Card]:
    """Both cards, locked, judged to be open to a movement. With `held_by` only out of that person's wallet.

    Raises `SameCard`, `CardNotFound`, `CardsDoNotMatch` and what `check_open` raises, naming `from` or `to`.
    """
    if source_id == target_id:
        raise SameCard(errors={"to": SameCard.detail})
    found = {card.id: card for card in locked_cards(merchant_id, [source_id, target_id], now)}
    source, target = found[source_id], found[target_id]
    check_holder(source, held_by)
    for field, card in (("from", source), ("to", target)):
        check_open(card, now, field=field)
    if (source.currency, source.program.funding) != (target.currency, target.program.funding):
        raise CardsDoNotMatch(errors={"to": CardsDoNotMatch.detail})
    return source, target


def check_holder(card: Card, held_by: UUID | None) -> None:
    """Raise `CardNotFound` for a card that is not in that person's wallet; null asks nothing."""
    if held_by is not None and card.holder_id != held_by:
        raise CardNotFound


def check_open(card: Card, now: datetime, *, field: str = "") -> None:
    """Raise `CardIsPending`, `CardIsFrozen`, `CardIsClosed` or `CardIsExpired`, named by the request's
    field.
    """
    error = _closed_to(card, now)
    if error is not None:
        raise error(errors={field: error.detail} if field else None)


def _closed_to(card: Card, now: datetime) -> type[DomainError] | None:
    closed_to: dict[str, type[DomainError]] = {
        Status.PENDING: CardIsPending,
        Status.FROZEN: CardIsFrozen,
        Status.CLOSED: CardIsClosed,
    }
    if card.status in closed_to:
        return closed_to[card.status]
    return CardIsExpired if is_over(card, now) else None


def is_over(card: Card, now: datetime) -> bool:
    """Whether the card's validity has ended, whatever a job has written down by now."""
    return card.expires_at is not None and card.expires_at <= now


def check_room(target: Card, amount_minor: int, now: datetime) -> None:
    """Raise `ExceedsMaxBalance` where the locked card's program does not let it hold that much more."""
    on_it = balance(target.merchant_id, target.account_id, now=now).balance_minor
    check_balance_cap(target.program, on_it + amount_minor)


def move_value(
    source: Card, target: Card, amount_minor: int, *, cause: str, reason: str, actor: Actor, now: datetime
) -> Moved:
    """Post card → card, lengthen the target's validity, tell the target's side. Both cards are locked.

    Raises `AmountInvalid`, `InsufficientFunds` (what is authorized stays where it is).
    """
    move = Move(
        merchant_id=source.merchant_id,
        kind=chart.PostingKind.TRANSFER,
        currency=source.currency,
        cause=cause,
        legs=chart.transfer(source=source.account_id, target=target.account_id, amount_minor=amount_minor),
        actor=str(actor),
        subject=source.account_id,
    )
    answer = post_new(move, now=now)
    assert answer.posting_id is not None
    moved = moved_by(source.merchant_id, answer.posting_id, is_replay=False)
    changes = lengthen(target, source.expires_at)
    event = ValueReceived(
        merchant_id=target.merchant_id,
        subject=target.public_id,
        posting=moved.public_id,
        sender=source.public_id,
        reason=reason,
        amount_minor=amount_minor,
        balance_minor=moved.target_balance.amount_minor,
        currency=target.currency,
    )
    record(event, actor=actor, at=now, changes=changes)
    return moved


def moved_by(merchant_id: UUID, posting_id: UUID, *, is_replay: bool) -> Moved:
    """The movement that a posting made, out of the books: the same answer whenever it is asked."""
    posting = Posting.objects.get(merchant_id=merchant_id, id=posting_id)
    leg = Transfer.objects.get(merchant_id=merchant_id, posting_id=posting_id)
    cards = dict(
        Card.objects.filter(
            merchant_id=merchant_id, account_id__in=[leg.debit_id, leg.credit_id]
        ).values_list("account_id", "id")
    )
    assert leg.debit_balance_minor is not None
    assert leg.credit_balance_minor is not None
    return Moved(
        posting_id=posting.id,
        source_id=cards[leg.debit_id],
        target_id=cards[leg.credit_id],
        amount=Money(leg.amount_minor, posting.currency),
        source_balance=Money(leg.debit_balance_minor, posting.currency),
        target_balance=Money(leg.credit_balance_minor, posting.currency),
        at=posting.posted_at,
        is_replay=is_replay,
    )


def moved_again(merchant_id: UUID, resource: str) -> Moved:
    """The first answer of a key that is sent again."""
    return moved_by(merchant_id, parse_id(Posting.PREFIX, resource), is_replay=True)


def lengthen(card: Card, other: datetime | None) -> dict[str, list[datetime | None]] | None:
    """Let the locked card be valid until the later of the two ends; what changed, for the audit."""
    before, after = card.expires_at, later(card.expires_at, other)
    if before == after:
        return None
    card.expires_at = after
    card.save(update_fields=["expires_at"])
    return {"expires_at": [before, after]}
