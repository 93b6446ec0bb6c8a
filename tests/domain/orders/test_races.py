"""What happens at the same moment, on connections of their own, still happens once."""

from typing import Any

import pytest

from giftwell.domain.orders.expire_order import expire_order
from giftwell.domain.orders.fulfil_order import OrderIsNotPaid, fulfil_order
from giftwell.domain.orders.models import Order, OrderRefund
from giftwell.domain.orders.pay_order import pay_order
from giftwell.domain.orders.refund_order_card import refund_order_card
from giftwell.domain.payments.gateway import NoticeKind
from giftwell.domain.payments.models import Payment
from giftwell.domain.payments.processor import Button, look_at
from giftwell.domain.payments.send_refund import send_refund
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.errors import Refused
from tests.domain.books import books, credit_of
from tests.domain.racing import together
from tests.factories.delivery import gifts_of
from tests.factories.orders import (
    TESTS,
    fresh_order,
    lines_of,
    make_fulfilled_order,
    make_order,
    make_paid_order,
    make_shop,
)
from tests.factories.payments import fresh, hear, hear_notice, make_notice, payment_of, press, refunds_of

pytestmark = pytest.mark.usefixtures("own_database")


def _count(merchant_id: Any, kind: str) -> int:
    with scope.merchant(merchant_id), reading():
        return Event.objects.filter(type=kind).count()


def test_one_notice_at_once_settles_once() -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    notice = make_notice(payment)
    heard = together(*[lambda: hear_notice(payment, notice)] * 6)
    assert sorted(heard) == ["duplicate"] * 5 + ["settled"]
    assert books() == {"processor:sandbox": -4500, "unapplied": 4500}
    assert _count(shop.id, "payment.settled") == 1


def test_one_fact_under_many_event_ids_at_once_settles_once() -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    heard = together(*[lambda: hear(payment)] * 6)
    assert sorted(heard) == ["ignored"] * 5 + ["settled"]
    assert books() == {"processor:sandbox": -4500, "unapplied": 4500}


def test_two_payments_of_one_order_at_once_keep_one() -> None:
    shop = make_shop()
    first = payment_of(shop.id, make_order(shop).order.id)
    hear(first, NoticeKind.DECLINED)
    pay_order(merchant_id=shop.id, order_id=first.order_id, actor=TESTS, now=now())
    second = payment_of(shop.id, first.order_id)
    assert sorted(together(lambda: hear(first), lambda: hear(second))) == ["returned", "settled"]
    assert {fresh(first).status, fresh(second).status} == {"succeeded", "returned"}
    assert books() == {"processor:sandbox": -9000, "unapplied": 4500, "refunds_due": 4500}


def test_a_paid_and_a_declined_notice_at_once_end_in_paid() -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    together(lambda: hear(payment), lambda: hear(payment, NoticeKind.DECLINED))
    assert fresh(payment).status == "succeeded"


def test_an_order_is_fulfilled_once_at_once() -> None:
    shop = make_shop()
    order, _ = make_paid_order(shop, shop.wish(5000), shop.wish(2500))

    def fulfil() -> Order:
        return fulfil_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now())

    assert all(done.is_fulfilled for done in together(*[fulfil] * 6))
    assert credit_of("card", owner=shop.id) == 7500
    assert books() == {"processor:sandbox": -7000}
    assert len(gifts_of(order)) == 2
    assert (_count(shop.id, "order.fulfilled"), _count(shop.id, "card.activated")) == (1, 2)


@pytest.mark.parametrize("_turn", range(3))
def test_money_and_the_end_at_once_leave_one_of_two_whole_states(_turn: int) -> None:
    shop = make_shop()
    order = make_order(shop).order
    payment = payment_of(shop.id, order.id)

    def expire() -> Order:
        return expire_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=order.expires_at)

    heard, _ = together(lambda: hear(payment), expire)
    after = fresh_order(order)
    if heard == "settled":
        assert after.is_pending
        assert fulfil_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now()).is_fulfilled
        assert books() == {"processor:sandbox": -4500}
    else:
        assert (heard, after.status) == ("returned", "expired")
        with pytest.raises(OrderIsNotPaid):
            fulfil_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now())
        assert books() == {"processor:sandbox": -4500, "refunds_due": 4500}


def _refund(order: Order, key: str, value_minor: int | None = None) -> OrderRefund:
    (line,) = lines_of(order)
    return refund_order_card(
        merchant_id=order.merchant_id,
        line_id=line.id,
        key=key,
        value_minor=value_minor,
        actor=TESTS,
        now=now(),
    ).refund


def test_two_refunds_at_once_are_one() -> None:
    shop = make_shop()
    order = make_fulfilled_order(shop)
    done = together(lambda: _refund(order, "a"), lambda: _refund(order, "b"))
    assert sorted(type(one).__name__ for one in done) == ["CardIsClosed", "OrderRefund"]
    assert books() == {"processor:sandbox": -4500, "refunds_due": 4500}


def test_one_refund_sent_many_times_at_once_is_one() -> None:
    shop = make_shop()
    order = make_fulfilled_order(shop)
    done = together(*[lambda: _refund(order, "a", 3000)] * 5)
    assert len({one.pk for one in done}) == 1
    assert credit_of("card", owner=shop.id) == 2000


def test_many_part_refunds_at_once_never_exceed_what_was_paid() -> None:
    shop = make_shop()
    order = make_fulfilled_order(shop)
    calls = [lambda key=f"k{number}": _refund(order, key, 2000) for number in range(6)]
    done = together(*calls)
    assert sum(isinstance(one, OrderRefund) for one in done) == 2
    assert all(isinstance(one, OrderRefund | Refused) for one in done)
    assert credit_of("card", owner=shop.id) == 1000
    assert fresh(payment_of(shop.id, order.id)).refunded_minor == 3500


def test_money_goes_back_once_at_once() -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    press(payment, Button.PAY_LATE)
    hear(payment, NoticeKind.EXPIRED)
    hear(payment)
    (refund,) = refunds_of(payment)
    told = make_notice(payment, NoticeKind.REFUNDED, refund=refund.public_id, refund_reference="sbr_1")

    def send() -> str:
        return send_refund(merchant_id=shop.id, refund_id=refund.pk, actor=TESTS, now=now()).status

    together(*[send] * 5, lambda: hear_notice(payment, told))
    assert look_at(payment.reference).refunded_minor == 4500
    assert books() == {}
    assert _count(shop.id, "payment.refunded") == 1


def test_two_clicks_at_once_open_one_page() -> None:
    shop = make_shop()
    first = payment_of(shop.id, make_order(shop).order.id)
    hear(first, NoticeKind.DECLINED)

    def again() -> str:
        return pay_order(merchant_id=shop.id, order_id=first.order_id, actor=TESTS, now=now())

    assert len(set(together(*[again] * 5))) == 1
    with scope.merchant(shop.id), reading():
        assert Payment.objects.filter(order_id=first.order_id).count() == 2
