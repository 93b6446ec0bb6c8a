"""The demo's few days of trade: cards sold through the sandbox processor, given away, spent.

Everything is asked for under a fixed key and a fixed hour, so that a second telling finds the first one's
cards.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.issue_cards import issue_cards
from giftwell.domain.cards.keep_card import keep_card
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.catalog import terms
from giftwell.domain.catalog.models import Design, Product, Program
from giftwell.domain.orders.fulfil_order import OrderIsNotPaid, fulfil_order
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.orders.place_order import Buyer, place_order
from giftwell.domain.orders.wishes import Wish
from giftwell.domain.payments.deliver_notices import deliver_notices
from giftwell.domain.payments.find_payment import find_payment
from giftwell.domain.payments.gateways import DEFAULT, gateway
from giftwell.domain.payments.hear_payment import hear_payment
from giftwell.domain.payments.models import Payment
from giftwell.domain.payments.processor import Button, press
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.demo_shops import Sale, Shop
from giftwell.kit.actor import Actor
from giftwell.kit.money import Money

ACTOR = Actor.command("demo")


def trade(merchant: Merchant, shop: Shop, *, buyer: User, cashier: User, began: datetime) -> None:
    """Sell, give away and spend what the shop's story says, as seen from the hour `began`."""
    for sale in shop.sales:
        order = _sell(merchant, sale, buyer, began)
        if order.is_fulfilled:
            card_id = _card_of(merchant, order)
            if sale.kept:
                _keep(merchant, card_id, buyer, began - sale.ago)
            _spend(merchant, sale, card_id, cashier, began)
    give_away(merchant, shop.gifts_minor, began)


def give_away(merchant: Merchant, values: tuple[int, ...], now: datetime, *, first: int = 1) -> None:
    """Issue promotional cards of these values, in minor units, numbered from `first`."""
    with scope.merchant(merchant.id), reading():
        program = Program.objects.get(merchant=merchant, name=terms.PROMO_PROGRAM)
        design = Design.objects.filter(merchant=merchant).first()
    for number, value_minor in enumerate(values, start=first):
        issue_cards(
            program=program,
            value_minor=value_minor,
            design=design,
            key=f"demo:gift:{number}",
            actor=ACTOR,
            now=now,
        )


def _sell(merchant: Merchant, sale: Sale, buyer: User, began: datetime) -> Order:
    at = began - sale.ago
    with scope.merchant(merchant.id), reading():
        product = Product.objects.get(merchant=merchant, slug="gift-card")
        design = Design.objects.get(merchant=merchant, name=sale.design)
    wish = Wish(
        product_id=product.id,
        value=Money(sale.value_minor, merchant.currency),
        design_id=design.id,
        recipient_name=sale.recipient,
        recipient_email=f"{sale.key}@recipient.example",
        sender_name=sale.sender,
        message=sale.message,
    )
    placed = place_order(
        merchant_id=merchant.id,
        wishes=[wish],
        buyer=Buyer(email=buyer.email, name=buyer.name, user_id=buyer.id),
        key=f"demo:sale:{sale.key}",
        actor=Actor.person(buyer.id),
        now=at,
    )
    if not placed.order.is_pending:
        # Told before; or a worker found it unpaid and let it expire while the teller was away.
        return placed.order
    _pay(merchant, placed.order.id, at)
    try:
        return fulfil_order(merchant_id=merchant.id, order_id=placed.order.id, actor=ACTOR, now=at)
    except OrderIsNotPaid:
        # A worker let it expire in this moment: it is days old. Its payment goes back as any late one does.
        return placed.order


def _pay(merchant: Merchant, order_id: UUID, at: datetime) -> None:
    """Press the button on the processor's page, and hear what it says without going through a server."""
    with scope.merchant(merchant.id), reading():
        payment = Payment.objects.filter(merchant=merchant, order_id=order_id).latest("created_at")
    press(reference=payment.reference, button=Button.PAY, now=at)

    def hear(_url: str, body: bytes, headers: Mapping[str, str]) -> str:
        notice = gateway(DEFAULT).verify_event(body, headers, now=at)
        found = find_payment(gateway=notice.gateway, reference=notice.reference)
        with scope.merchant(found.merchant_id):
            hear_payment(
                merchant_id=found.merchant_id, payment_id=found.payment_id, notice=notice, actor=ACTOR, now=at
            )
        return "200"

    deliver_notices(reference=payment.reference, now=at, send=hear)


def _card_of(merchant: Merchant, order: Order) -> UUID:
    with scope.merchant(merchant.id), reading():
        return OrderLine.objects.get(merchant=merchant, order=order).card_id


def _keep(merchant: Merchant, card_id: UUID, buyer: User, at: datetime) -> None:
    person = Actor.person(buyer.id)
    keep_card(merchant_id=merchant.id, card_id=card_id, holder_id=buyer.id, actor=person, now=at)


def _spend(merchant: Merchant, sale: Sale, card_id: UUID, cashier: User, began: datetime) -> None:
    if not sale.spent:
        return
    with scope.merchant(merchant.id), reading():
        location = Location.objects.filter(merchant=merchant).earliest("created_at", "id")
    code = reveal_code(merchant_id=merchant.id, card_id=card_id, actor=ACTOR, now=began)
    for number, (after, amount_minor) in enumerate(sale.spent, start=1):
        redeem(
            merchant_id=merchant.id,
            code=code,
            amount=Money(amount_minor, merchant.currency),
            key=f"demo:spend:{sale.key}:{number}",
            location_id=location.id,
            actor=Actor.person(cashier.id),
            now=began - sale.ago + after,
        )
