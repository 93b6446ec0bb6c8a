"""Ask to load a card that is there already: an order of one line, paid and fulfilled like any other."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.events import CardLoaded
from giftwell.domain.cards.loading import check_load
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.moving import check_open
from giftwell.domain.cards.paid_value import FundingIsNotSold
from giftwell.domain.cards.queries import with_balance
from giftwell.domain.orders.events import OrderPlaced
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.orders.opening import Buyer, PlacedOrder, open_order, placed_once, with_payment_page
from giftwell.domain.orders.wishes import check_buyer
from giftwell.foundation.events.record import record
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.kit.actor import Actor
from giftwell.kit.ids import public_id
from giftwell.kit.money import CurrencyMismatch, Money

OPERATION = "top_up"


def place_top_up(
    *,
    merchant_id: UUID,
    card_id: UUID,
    value: Money,
    buyer: Buyer,
    key: str = "",
    actor: Actor,
    now: datetime,
) -> PlacedOrder:
    """Place an order that puts `value` onto an active card once it is paid, and open its payment page.

    The program's fee for buyers comes on top. The caller has made sure that the buyer holds the card, or has
    its link or code. With a `key` the same request places one order. Raises OrderIsInvalid (the buyer),
    CardNotFound, CardIsPending, CardIsFrozen, CardIsClosed, CardIsExpired, FundingIsNotSold,
    CurrencyMismatch, ValueIsOutOfBounds, ExceedsMaxBalance, MerchantIsSuspended, what a key is refused for,
    and GatewayUnavailable when there is no payment page now: the order stands, `pay_order` tries again.
    """
    check_buyer(email=buyer.email, name=buyer.name)
    fields = {"card": str(card_id), "value": asdict(value), "buyer": asdict(buyer)}
    subject = public_id(Card.PREFIX, card_id)
    with scope.merchant(merchant_id):
        with refusals_noted(CardLoaded.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now):
            order, is_replay = placed_once(
                merchant_id,
                lambda: _create(merchant_id, card_id, value, buyer, actor, now),
                operation=OPERATION,
                key=key,
                fields=fields,
                now=now,
            )
        return with_payment_page(order, is_replay=is_replay, actor=actor, now=now)


def _create(
    merchant_id: UUID, card_id: UUID, value: Money, buyer: Buyer, actor: Actor, now: datetime
) -> Order:
    card = _judged(merchant_id, card_id, value, now)
    fee_minor = card.program.buyer_fee_minor
    total = Money(value.amount_minor + fee_minor, value.currency)
    order = open_order(card.merchant, buyer, total, now)
    OrderLine.objects.create(
        merchant_id=merchant_id,
        order=order,
        position=0,
        is_load=True,
        card=card,
        design_id=card.design_id,
        currency=order.currency,
        value_minor=value.amount_minor,
        price_minor=value.amount_minor,
        discount_minor=0,
        fee_minor=fee_minor,
    )
    event = OrderPlaced(
        merchant_id=merchant_id,
        subject=order.public_id,
        total_minor=order.total_minor,
        currency=order.currency,
        cards=1,
    )
    record(event, actor=actor, at=now)
    return order


def _judged(merchant_id: UUID, card_id: UUID, value: Money, now: datetime) -> Card:
    """The card, if it can take the load as it stands; it is judged again when the money is there."""
    mine = with_balance(Card.objects.filter(merchant_id=merchant_id, id=card_id))
    card = mine.select_related("program", "merchant").first()
    if card is None:
        raise CardNotFound
    check_open(card, now)
    if not card.program.is_sold:
        raise FundingIsNotSold
    if not card.merchant.is_active:
        raise MerchantIsSuspended
    if value.currency != card.currency:
        raise CurrencyMismatch(errors={"currency": f"This card is in {card.currency}."})
    check_load(card, value.amount_minor, card.balance_minor)  # type: ignore[attr-defined]  # annotated
    return card
