"""An order has one open payment page at a time, at the price that the server asked."""

from datetime import datetime

import pytest

from giftwell.domain.orders.pay_order import pay_order
from giftwell.domain.payments import start_payment as module
from giftwell.domain.payments.gateway import Checkout, CheckoutRequest, GatewayUnavailable, NoticeKind
from giftwell.domain.payments.models import Payment
from giftwell.domain.payments.processor import look_at
from giftwell.domain.payments.start_payment import AlreadyPaid
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.factories.orders import TESTS, Shop, make_order, make_shop
from tests.factories.payments import fresh, hear, payment_of

pytestmark = pytest.mark.django_db


def _pay_again(shop: Shop, payment: Payment) -> str:
    return pay_order(merchant_id=shop.id, order_id=payment.order_id, actor=TESTS, now=now())


def test_the_page_asks_what_the_order_costs() -> None:
    shop = make_shop()
    placed = make_order(shop)
    page = look_at(payment_of(shop.id, placed.order.id).reference)
    assert (page.amount, page.seller) == (Money(4500, "EUR"), shop.merchant.name)
    assert page.order == placed.order.public_id
    assert placed.checkout_url.endswith(f"/sandbox-processor/pay/{page.reference}/")


def test_paying_again_returns_to_the_open_page() -> None:
    shop = make_shop()
    placed = make_order(shop)
    payment = payment_of(shop.id, placed.order.id)
    assert _pay_again(shop, payment) == placed.checkout_url
    with scope.merchant(shop.id), reading():
        assert Payment.objects.count() == 1


@pytest.mark.parametrize("end", [NoticeKind.DECLINED, NoticeKind.EXPIRED])
def test_paying_again_after_an_end_opens_a_new_page(end: NoticeKind) -> None:
    shop = make_shop()
    placed = make_order(shop)
    first = payment_of(shop.id, placed.order.id)
    hear(first, end)
    assert _pay_again(shop, first) != placed.checkout_url
    second = payment_of(shop.id, placed.order.id)
    assert hear(second) == "settled"
    assert fresh(first).status != "succeeded"


def test_a_second_payment_of_one_order_goes_back() -> None:
    shop = make_shop()
    first = payment_of(shop.id, make_order(shop).order.id)
    hear(first, NoticeKind.DECLINED)
    _pay_again(shop, first)
    second = payment_of(shop.id, first.order_id)
    assert [hear(second), hear(first)] == ["settled", "returned"]
    assert (fresh(first).status, fresh(first).reason) == ("returned", "already_paid")


def test_a_paid_order_has_no_page_to_pay() -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    hear(payment)
    with pytest.raises(AlreadyPaid):
        _pay_again(shop, payment)


class _Silent:
    """A gateway that does not answer."""

    name = "sandbox"

    def open_checkout(self, request: CheckoutRequest, *, now: datetime) -> Checkout:
        raise GatewayUnavailable


def test_an_order_survives_a_gateway_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop()
    with monkeypatch.context() as patch:
        patch.setattr(module, "gateway", lambda name: _Silent())
        with pytest.raises(GatewayUnavailable):
            make_order(shop, key="once")
    placed = make_order(shop, key="once")
    assert placed.is_replay
    payment = payment_of(shop.id, placed.order.id)
    assert (payment.status, bool(payment.reference)) == ("created", True)
    assert hear(payment) == "settled"
