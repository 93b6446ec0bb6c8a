"""The laws between orders, payments and books hold after every story, and a breach of one is named."""

from datetime import timedelta

import psycopg
import pytest

from giftwell.domain.ledger.verify import verify
from giftwell.domain.orders.expire_order import expire_order
from giftwell.domain.orders.models import Order
from giftwell.domain.orders.refund_order_card import refund_order_card
from giftwell.domain.payments.gateway import NoticeKind
from giftwell.domain.payments.processor import Button
from giftwell.domain.payments.send_refund import send_refund
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.database import OwnDatabase
from tests.factories.orders import (
    TESTS,
    Shop,
    lines_of,
    make_fulfilled_order,
    make_order,
    make_paid_order,
    make_shop,
)
from tests.factories.payments import hear, payment_of, press, refunds_of

OURS = ("payments", "orders", "cards", "ledger")


def _tell_every_story(shop: Shop) -> Order:
    """One order at each point of its way; a fulfilled one of 50.00 for 45.00 is given back."""
    make_order(shop)
    make_paid_order(shop)
    declined = payment_of(shop.id, make_order(shop).order.id)
    hear(declined, NoticeKind.DECLINED)
    wrong = payment_of(shop.id, make_order(shop).order.id)
    hear(wrong, amount=Money(4499, "EUR"))
    ended = make_order(shop).order
    expire_order(
        merchant_id=shop.id, order_id=ended.id, actor=TESTS, now=ended.expires_at + timedelta(seconds=1)
    )
    late = payment_of(shop.id, ended.id)
    press(late, Button.PAY)
    hear(late)
    (owed,) = refunds_of(late)
    send_refund(merchant_id=shop.id, refund_id=owed.pk, actor=TESTS, now=now())
    refunded = make_fulfilled_order(shop, shop.wish(5000), shop.wish(2500))
    first, _ = lines_of(refunded)
    refund_order_card(
        merchant_id=shop.id, line_id=first.id, key="r", value_minor=2000, actor=TESTS, now=now()
    )
    return make_fulfilled_order(shop)


@pytest.mark.django_db
def test_the_laws_hold_after_every_story() -> None:
    _tell_every_story(make_shop())
    _tell_every_story(make_shop())
    assert verify(OURS) == []


BREACHES = {
    "a payment that nobody booked": (
        5,
        """update payments_payment set status = 'succeeded', settled_minor = amount_minor,
                  settled_currency = currency, settled_at = now() where status = 'failed'""",
    ),
    "a payment that arrived with more": (
        5,
        "update payments_payment set settled_minor = settled_minor + 1 where status = 'mismatched'",
    ),
    "a refund that nobody claimed": (
        6,
        "update payments_payment set refunded_minor = refunded_minor + 1 where status = 'succeeded'",
    ),
    "a refund that never left": (
        6,
        "update payments_paymentrefund set status = 'refunded', settled_at = now() where status = 'claimed'",
    ),
    "a line that forgets its refund": (
        6,
        """update orders_orderline
              set refunded_minor = 0, refunded_discount_minor = 0, refunded_value_minor = 0""",
    ),
    "an order fulfilled without its money": (
        7,
        """update orders_order set status = 'fulfilled', paid_at = now(), fulfilled_at = now(), ended_at =
        null where status = 'expired'
        """,
    ),
    "an order that costs less than its cards": (7, "update orders_order set total_minor = total_minor - 1"),
    "a fulfilled order that waits": (
        9,
        """update orders_order set status = 'pending', paid_at = null, fulfilled_at = null
            where status = 'fulfilled'""",
    ),
    "a settled payment that never said so": (13, "delete from events_event where type = 'payment.settled'"),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_named(own_database: OwnDatabase, breach: str) -> None:
    law, statement = BREACHES[breach]
    _tell_every_story(make_shop())
    with psycopg.connect(own_database.admin_url) as admin:
        admin.execute("set session_replication_role = replica")
        assert admin.execute(statement).rowcount > 0  # type: ignore[call-overload]
    assert law in {found.law for found in verify(("payments", "orders"))}
