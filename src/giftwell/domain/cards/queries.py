"""Reads of cards: lists with their balances, one card, a card by its code, and what happened to it.

A balance is read from the card's ledger account in the same statement as the card, never from a copy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Abs

from giftwell.domain.cards.codes import code_hash
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Adjustment, Card, Expiry, Status
from giftwell.domain.ledger.models import Account
from giftwell.foundation.events.models import Event
from giftwell.foundation.events.queries import timeline
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.actor import Actor
from giftwell.kit.money import Money

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CardFilter:
    """What a list of cards is narrowed to; what is left out narrows nothing."""

    status: str | None = None
    last4: str | None = None
    program_id: UUID | None = None
    batch_id: UUID | None = None
    order_line_ids: Iterable[UUID] | None = None


def cards_of(merchant_id: UUID, wanted: CardFilter = CardFilter()) -> QuerySet[Card]:
    """A merchant's cards, newest first, each with `balance_minor` and `held_minor`.

    `last4` is compared whole: a search by part of a code would be a way to guess one.
    """
    cards = with_balance(Card.objects.filter(merchant_id=merchant_id))
    if wanted.status:
        cards = cards.filter(status=wanted.status)
    if wanted.last4:
        cards = cards.filter(last4=wanted.last4.upper())
    if wanted.program_id:
        cards = cards.filter(program_id=wanted.program_id)
    if wanted.batch_id:
        cards = cards.filter(batch_id=wanted.batch_id)
    if wanted.order_line_ids is not None:
        cards = cards.filter(order_line_id__in=list(wanted.order_line_ids))
    return cards.select_related("program", "design").order_by("-issued_at", "-id")


def cards_held_by(person_id: UUID) -> QuerySet[Card]:
    """The cards in a person's wallet, newest first, with balances; read in the person's own scope."""
    return (
        with_balance(Card.objects.filter(holder_id=person_id)).select_related("design").order_by("-issued_at")
    )


def find_card(merchant_id: UUID, card_id: UUID) -> Card:
    """One card with its balance, program, design and product. Raises `CardNotFound`."""
    cards = with_balance(Card.objects.filter(merchant_id=merchant_id, id=card_id))
    card = cards.select_related("program", "design", "product").first()
    if card is None:
        raise CardNotFound
    return card


def find_card_by_code(merchant_id: UUID, text: str) -> Card:
    """The card that a code, as typed or scanned, belongs to at this merchant; a pending card has none.

    Raises `CardNotFound`, the same for an unknown, a foreign, a malformed and a mistyped code.
    """
    hashed = code_hash(merchant_id, text)
    card = (
        with_balance(Card.objects.filter(merchant_id=merchant_id, code_hash=hashed)).first()
        if hashed
        else None
    )
    if card is None:
        raise CardNotFound
    return card


def adjustments_of(merchant_id: UUID) -> QuerySet[Adjustment]:
    """A merchant's adjustments, newest first, with their cards."""
    mine = Adjustment.objects.filter(merchant_id=merchant_id).select_related("card")
    return mine.order_by("-requested_at", "-id")


def goodwill_adjustments() -> QuerySet[Adjustment]:
    """What the platform gives, or was asked to, on cards of all merchants, newest first; in its own scope."""
    given = Adjustment.objects.filter(source=Adjustment.Source.GOODWILL)
    return given.select_related("card", "merchant").order_by("-requested_at", "-id")


def open_adjustments(adjustments: QuerySet[Adjustment], now: datetime) -> QuerySet[Adjustment]:
    """Of these, the requests that somebody can still decide on."""
    return adjustments.filter(state=Adjustment.State.REQUESTED, lapses_at__gt=now)


def adjusted_alone(merchant: Merchant, currency: str, actor: Actor, now: datetime) -> int:
    """What this actor adjusted alone since the merchant's midnight, in minor units, both ways added up."""
    zone = ZoneInfo(merchant.time_zone)
    midnight = datetime.combine(now.astimezone(zone).date(), time.min, tzinfo=zone)
    alone = Adjustment.objects.filter(
        merchant=merchant,
        requested_by=str(actor),
        requested_at__gte=midnight,
        lapses_at=None,
        currency=currency,
    )
    return int(alone.aggregate(total=Sum(Abs("change_minor")))["total"] or 0)


def lost_by_expiry(card: Card) -> Money | None:
    """What an expired card had, and gets back when it is reinstated; None for any other card."""
    standing = Expiry.objects.filter(merchant_id=card.merchant_id, card=card, reinstated_at=None).first()
    return None if standing is None else Money(standing.amount_minor, card.currency)


def history_of(card: Card) -> QuerySet[Event]:
    """What happened to the card, oldest first."""
    return timeline(merchant_id=card.merchant_id, subject=card.public_id)


def with_balance(cards: QuerySet[Card]) -> QuerySet[Card]:
    """The cards with what their ledger accounts hold now, in minor units."""
    account = Account.objects.filter(id=OuterRef("account_id"))
    return cards.annotate(
        balance_minor=Subquery(account.values("balance_minor")[:1], output_field=IntegerField()),
        held_minor=Subquery(account.values("held_minor")[:1], output_field=IntegerField()),
    )


def balance_of(card: Card) -> Money:
    """The balance of a card that was read by one of these queries."""
    return Money(card.balance_minor, card.currency)  # type: ignore[attr-defined]  # annotated by with_balance


def shown_state(card: Card, balance_minor: int, now: datetime) -> str:
    """The state as people see it: an active card may be `expired`, `depleted` or `expiring_soon`."""
    if card.status != Status.ACTIVE:
        return card.status
    if card.expires_at is not None and card.expires_at < now:
        return "expired"
    if balance_minor == 0:
        return "depleted"
    if card.expires_at is not None and card.expires_at < now + SOON:
        return "expiring_soon"
    return "active"
