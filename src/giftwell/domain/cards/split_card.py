"""Divide a card: parts of its value become new cards with codes of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.ending import end_emptied
from giftwell.domain.cards.events import CardSplit
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card, CloseReason
from giftwell.domain.cards.moving import Moved, cause_of, check_holder, check_open, move_value, moved_by
from giftwell.domain.cards.successor import open_successor
from giftwell.domain.ledger.balance import balance
from giftwell.domain.ledger.models import Posting
from giftwell.domain.ledger.refusals import InsufficientFunds, WrongCurrency
from giftwell.foundation.events.record import record
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.tenancy import scope
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid
from giftwell.kit.ids import new_id, parse_id, public_id
from giftwell.kit.money import MAX_MINOR, Money

OPERATION = "split"
MOST_PARTS = 50


class PartsAreInvalid(Invalid):
    """No parts, too many, one of nothing, or a single one that would be the whole card again."""

    code = "parts_are_invalid"
    detail = f"Name between 1 and {MOST_PARTS} amounts above zero, and at least 2 to divide the whole card."


@dataclass(frozen=True, slots=True)
class Part:
    """A new card and the movement that loaded it."""

    card: Card
    moved: Moved


@dataclass(frozen=True, slots=True)
class Split:
    """The parts in the order asked, and what stayed on the card; `is_replay` where the key had made them."""

    source_id: UUID
    parts: list[Part]
    left: Money
    is_replay: bool


def split_card(
    *,
    merchant_id: UUID,
    card_id: UUID,
    amounts_minor: Sequence[int],
    key: str,
    actor: Actor,
    now: datetime,
    currency: str = "",
    held_by: UUID | None = None,
) -> Split:
    """Open a card for each amount (minor units) and move it there out of what is available; once for a `key`.

    `currency` is the one that the caller means; left out, it is the card's.

    Each part has its own code, and the program, design, holder and validity of the card. A card that is left
    with nothing is closed as split. Raises `PartsAreInvalid`, `WrongCurrency`, `InsufficientFunds`,
    `CardNotFound`, `CardIsPending`, `CardIsFrozen`, `CardIsClosed`, `CardIsExpired`, and what a key is
    refused for.
    """
    fields = {"card": str(card_id), "amounts_minor": list(amounts_minor), "currency": currency}
    subject = public_id(Card.PREFIX, card_id)
    with (
        refusals_noted(CardSplit.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        once(merchant_id=merchant_id, operation=OPERATION, key=key, fields=fields, now=now) as effect,
    ):
        if effect.is_replay:
            return _again(merchant_id, parse_id(Card.PREFIX, effect.resource), key)
        source = locked_card(merchant_id, card_id, now)
        check_holder(source, held_by)
        check_open(source, now)
        if currency and currency != source.currency:
            raise WrongCurrency(errors={"currency": f"This card is in {source.currency}."})
        _check_parts(source, amounts_minor, now)
        parts = _divide(source, amounts_minor, key=key, actor=actor, now=now)
        effect.resource = parts[0].card.public_id
        left = parts[-1].moved.source_balance
        _tell(source, parts, left, actor=actor, now=now)
    return Split(source.id, parts, left, is_replay=False)


def _check_parts(source: Card, amounts_minor: Sequence[int], now: datetime) -> None:
    """Judge the parts together, so that a card is divided as asked or not at all."""
    if not 1 <= len(amounts_minor) <= MOST_PARTS or not all(1 <= one <= MAX_MINOR for one in amounts_minor):
        raise PartsAreInvalid(errors={"amounts_minor": PartsAreInvalid.detail})
    left = balance(source.merchant_id, source.account_id, now=now)
    if sum(amounts_minor) > left.available_minor:
        raise InsufficientFunds
    if list(amounts_minor) == [left.balance_minor]:
        raise PartsAreInvalid(errors={"amounts_minor": PartsAreInvalid.detail})


def _divide(
    source: Card, amounts_minor: Sequence[int], *, key: str, actor: Actor, now: datetime
) -> list[Part]:
    batch_id = new_id()
    parts: list[Part] = []
    for amount_minor in amounts_minor:
        card = open_successor(
            source,
            value_minor=amount_minor,
            expires_at=source.expires_at,
            actor=actor,
            now=now,
            replaces=False,
            batch_id=batch_id,
        )
        cause = _cause(card.id) if parts else cause_of(key)
        moved = move_value(source, card, amount_minor, cause=cause, reason=OPERATION, actor=actor, now=now)
        parts.append(Part(card, moved))
    return parts


def _tell(source: Card, parts: list[Part], left: Money, *, actor: Actor, now: datetime) -> None:
    event = CardSplit(
        merchant_id=source.merchant_id,
        subject=source.public_id,
        cards=tuple(part.card.public_id for part in parts),
        amount_minor=sum(part.moved.amount.amount_minor for part in parts),
        balance_minor=left.amount_minor,
        currency=source.currency,
    )
    record(event, actor=actor, at=now)
    if not left.amount_minor:
        end_emptied(source, CloseReason.SPLIT, actor=actor, now=now)


def _again(merchant_id: UUID, first_id: UUID, key: str) -> Split:
    """The answer that the key got, out of the books."""
    first = Card.objects.get(merchant_id=merchant_id, id=first_id)
    cards = Card.objects.filter(merchant_id=merchant_id, batch_id=first.batch_id).order_by("id")
    causes = {cause_of(key) if card.id == first.id else _cause(card.id): card for card in cards}
    postings = Posting.objects.filter(merchant_id=merchant_id, cause__in=causes)
    found = {posting.cause: posting.id for posting in postings}
    parts = [
        Part(card, moved_by(merchant_id, found[cause], is_replay=True)) for cause, card in causes.items()
    ]
    return Split(parts[0].moved.source_id, parts, parts[-1].moved.source_balance, is_replay=True)


def _cause(part_id: UUID) -> str:
    """Named by the new card: a card is split off once. The first part is named by the key."""
    return f"{OPERATION}:{part_id}"
