"""What the till shows: a card's face, one redemption, and the day at this place. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.http import Http404

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import balance_of, find_card
from giftwell.domain.redemption.models import Redemption
from giftwell.domain.reports.days import beginning
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.themes import HOUSE
from giftwell.kit.ids import UnknownId, parse_id
from giftwell.kit.money import Money

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What was redeemed in one currency since the day began here, less what was given back of it; without
    what was undone.
    """

    money: Money
    count: int


@dataclass(frozen=True, slots=True)
class Made:
    """A redemption and its card."""

    row: Redemption
    card: Card

    @property
    def taken(self) -> Money:
        """What it took from the card."""
        return Money(self.row.amount_minor, self.row.currency)

    @property
    def back(self) -> Money:
        """What was given back of it since."""
        return Money(self.row.refunded_minor, self.row.currency)

    @property
    def tip(self) -> Money:
        """The part of it that is a tip."""
        return Money(self.row.tip_minor, self.row.currency)

    @property
    def left(self) -> Money:
        """What can still be given back."""
        return Money(self.row.refundable_minor, self.row.currency)


def card_face(merchant: Merchant, card_id: UUID) -> Card:
    """The card with its design. Raises Http404."""
    with reading():
        card = Card.objects.select_related("design").filter(merchant=merchant, id=card_id).first()
    if card is None:
        raise Http404
    return card


def balance_now(card: Card) -> Money:
    """What the card has at this moment."""
    with reading():
        return balance_of(find_card(card.merchant_id, card.id))


def face_of(card: Card) -> tuple[str, str]:
    """The pattern and the theme class that a card wears."""
    return (card.design.pattern, card.design.theme) if card.design else ("guilloche", HOUSE)


def id_or_404(prefix: str, text: str) -> UUID:
    """The id in an address. Raises Http404."""
    try:
        return parse_id(prefix, text)
    except UnknownId as error:
        raise Http404 from error


def redemption_here(merchant: Merchant, places: Sequence[Location], redemption_id: str) -> Made:
    """A redemption at one of these places. Raises Http404."""
    wanted = id_or_404(Redemption.PREFIX, redemption_id)
    with reading():
        row = Redemption.objects.filter(
            merchant_id=merchant.id, location_id__in=[place.id for place in places], id=wanted
        ).first()
        if row is None:
            raise Http404
        card = Card.objects.select_related("design").get(merchant=merchant, id=row.card_id)
    return Made(row, card)


def todays(merchant: Merchant, location: Location, now: datetime) -> list[Made]:
    """The last redemptions at this place since its day began, newest first."""
    with reading():
        rows = list(_since_midnight(merchant, location, now).order_by("-redeemed_at", "-id")[:MOST_SHOWN])
        cards = Card.objects.filter(merchant=merchant).in_bulk([row.card_id for row in rows])
    return [Made(row, cards[row.card_id]) for row in rows]


def day_totals(merchant: Merchant, location: Location, now: datetime) -> list[DayTotal]:
    """The day's totals at this place, one a currency; the merchant's own currency always, and first."""
    with reading():
        standing = _since_midnight(merchant, location, now).filter(reversed_at=None)
        sums = standing.order_by().values("currency")
        rows = list(sums.annotate(taken=Sum("amount_minor"), back=Sum("refunded_minor"), times=Count("id")))
    totals = [DayTotal(Money(int(row["taken"] - row["back"]), row["currency"]), row["times"]) for row in rows]
    if not any(total.money.currency == merchant.currency for total in totals):
        totals.append(DayTotal(Money(0, merchant.currency), 0))
    return sorted(totals, key=lambda one: (one.money.currency != merchant.currency, one.money.currency))


def _since_midnight(merchant: Merchant, location: Location, now: datetime) -> QuerySet[Redemption]:
    today = now.astimezone(ZoneInfo(merchant.time_zone)).date()
    return Redemption.objects.filter(
        merchant_id=merchant.id,
        location_id=location.id,
        redeemed_at__gte=beginning(today, merchant.time_zone),
    )
