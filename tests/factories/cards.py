"""Cards in each state of their life, and their codes."""

import uuid
from datetime import timedelta

from giftwell.domain.cards.activate_card import activate_card
from giftwell.domain.cards.issue_cards import issue_cards
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.paid_value import Paid
from giftwell.domain.cards.prepare_card import prepare_card
from giftwell.domain.cards.queries import find_card
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.catalog.models import Program
from giftwell.domain.payments.start_payment import start_payment
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.factories.catalog import escrow_of, promo_of
from tests.factories.identity import TESTS
from tests.factories.payments import hear


def make_promo_card(merchant: Merchant, value_minor: int = 5000, *, program: Program | None = None) -> Card:
    """An active card that the merchant gave away."""
    batch = issue_cards(
        program=program or promo_of(merchant),
        value_minor=value_minor,
        key=uuid.uuid4().hex,
        actor=TESTS,
        now=now(),
    )
    return batch.cards[0]


def make_pending_card(merchant: Merchant, value_minor: int = 5000, *, program: Program | None = None) -> Card:
    """The card of an order's line that nobody has paid for yet."""
    return prepare_card(
        program=program or escrow_of(merchant),
        value_minor=value_minor,
        order_line_id=uuid.uuid4(),
        actor=TESTS,
        now=now(),
    )


def make_sold_card(
    merchant: Merchant,
    value_minor: int = 5000,
    *,
    price_minor: int | None = None,
    fee_minor: int = 0,
    program: Program | None = None,
) -> Card:
    """An active escrow card whose payment settled: what an order does, without the order."""
    card = make_pending_card(merchant, value_minor, program=program)
    price_minor = value_minor if price_minor is None else price_minor
    settle(merchant, price_minor + fee_minor, currency=card.currency)
    return activate(card, Paid(price_minor, fee_minor))


def activate(card: Card, paid: Paid | None = None) -> Card:
    """Load a pending card; the caller has settled what it is paid with."""
    return activate_card(
        merchant_id=card.merchant_id,
        card_id=card.id,
        paid=paid or Paid(card.face_value_minor),
        cause=f"fulfil:{card.order_line_id}",
        actor=TESTS,
        now=now(),
    )


def settle(merchant: Merchant, amount_minor: int, *, currency: str = "EUR") -> None:
    """A payment of some order settled: its verified notice was heard, so the books and the payment agree."""
    at = now()
    payment = start_payment(
        merchant_id=merchant.id,
        order_id=uuid.uuid4(),
        amount=Money(amount_minor, currency),
        seller=merchant.name,
        description="A card",
        return_url="/",
        expires_at=at + timedelta(days=1),
        actor=TESTS,
        now=at,
    )
    assert hear(payment) == "settled"


def code_of(card: Card) -> str:
    """The card's plain code."""
    return reveal_code(merchant_id=card.merchant_id, card_id=card.id, actor=TESTS, now=now())


def read(card: Card) -> Card:
    """The card as it stands now, with `balance_minor` and `held_minor`."""
    with scope.merchant(card.merchant_id), reading():
        return find_card(card.merchant_id, card.id)


def balance_minor(card: Card) -> int:
    """What is on the card."""
    return int(read(card).balance_minor)  # type: ignore[attr-defined]  # annotated by the query
