"""Money, fifth part: what a thing costs, and which payment pays for it."""

import pytest
from django.test import Client

from giftwell.domain.catalog import terms
from giftwell.domain.orders.fulfil_order import OrderIsNotPaid, fulfil_order
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money
from tests.domain.books import books
from tests.factories.identity import TESTS
from tests.factories.orders import Shop, make_order, make_shop
from tests.factories.payments import body_of, fresh, headers_for, make_notice, payment_of
from tests.hostile.ground import hook, json_of
from tests.interfaces.api.caller import caller_for, refused

pytestmark = pytest.mark.django_db

GIFT = {
    "page": "a-page", "value": "5000", "recipient_name": "Maja", "sender_name": "Tomas", "message": "",
    "how": "mail", "recipient_email": "maja@example.com", "buyer_email": "tomas@example.com",
}  # fmt: skip


def _orders(shop: Shop) -> int:
    with scope.merchant(shop.id), reading():
        return Order.objects.count()


@pytest.mark.line("money-3")
@pytest.mark.parametrize(
    "field", ["price", "price_minor", "total", "currency", "fee", "fee_minor", "commission_bps", "merchant"]
)
def test_a_price_currency_fee_or_commission_in_an_order_is_refused(field: str) -> None:
    shop = make_shop()
    where = f"/shops/{shop.merchant.slug}/{shop.product.slug}/"
    assert Client().post(where, {**GIFT, field: "1"}).status_code == 422
    line = {"product": shop.product.public_id, "value": {"amount_minor": 5000, "currency": "EUR"}}
    body = {"buyer": {"email": "eve@example.com"}, "lines": [line]}
    api = caller_for(shop.merchant)
    refused(api.post("orders", {**body, field: 1}), 422, "not_valid")
    refused(api.post("orders", {**body, "lines": [{**line, field: 1}]}), 422, "not_valid")
    assert _orders(shop) == 0


@pytest.mark.line("money-3")
def test_the_server_prices_an_order_and_the_processors_page_charges_that() -> None:
    shop = make_shop()
    answer = Client().post(f"/shops/{shop.merchant.slug}/{shop.product.slug}/", GIFT)
    with scope.merchant(shop.id), reading():
        line = OrderLine.objects.get()
    assert (line.value_minor, line.price_minor, line.currency) == (5000, 4500, "EUR")
    Client().post(answer.headers["Location"], {"button": "pay", "amount_minor": "1", "currency": "USD"})
    payment = payment_of(shop.id, line.order_id)
    assert (payment.amount_minor, payment.currency) == (4500, "EUR")


@pytest.mark.line("money-3")
@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_an_order_in_another_currency_than_the_products_is_refused(currency: str) -> None:
    shop = make_shop()
    line = {"product": shop.product.public_id, "value": {"amount_minor": 5000, "currency": currency}}
    answer = caller_for(shop.merchant).post("orders", {"buyer": {"email": "e@example.com"}, "lines": [line]})
    assert answer.status_code == 422, answer.content
    assert _orders(shop) == 0


@pytest.mark.line("money-3")
def test_a_merchant_names_neither_commission_nor_funding_nor_a_price_above_the_value() -> None:
    shop = make_shop()
    api = caller_for(shop.merchant)
    body = {"program": shop.product.program.public_id, "name": "Mine", "values": []}
    for smuggled in (
        {"commission_bps": 0},
        {"currency": "USD"},
        {"funding": "promo"},
        {"status": "published"},
    ):
        refused(api.post("products", {**body, **smuggled}), 422, "not_valid")
    dear = {**body, "values": [{"value_minor": 1000, "price_minor": 1001}]}
    assert api.post("products", dear).status_code == 422


@pytest.mark.line("money-3")
def test_the_terms_of_a_program_are_the_platforms_whoever_makes_or_changes_it() -> None:
    shop = make_shop()
    api = caller_for(shop.merchant)
    rules = {"name": "Mine", "validity_days": None, "min_value_minor": 100, "max_value_minor": 9000}
    made = {**rules, "currency": "EUR", "funding": "direct"}
    program = api.post("programs", made)
    assert program.json()["commission_bps"] == terms.commission_bps("direct") > 0, program.content
    path = f"programs/{program.json()['id']}"
    for smuggled in (
        {"commission_bps": 0},
        {"commission_fixed_minor": 0},
        {"buyer_fee_minor": 500},
        {"pending_account_id": 1},
    ):
        refused(api.post("programs", {**made, "name": "Another", **smuggled}), 422, "not_valid")
        refused(api.put(path, {**rules, **smuggled}), 422, "not_valid")
    for smuggled in ({"funding": "promo"}, {"currency": "USD"}):
        refused(api.put(path, {**rules, **smuggled}), 422, "not_valid")
    assert api.get(path).json() == program.json()


CROSSED = {
    "another order": lambda one, other: {"order": make_notice(other).order},
    "another payment's name": lambda one, other: {"payment": other.public_id},
    "less": lambda one, other: {"amount": Money(1, "EUR")},
    "more": lambda one, other: {"amount": Money(450_000, "EUR")},
    "another currency": lambda one, other: {"amount": Money(4500, "JPY")},
    "another account": lambda one, other: {"account": "acct_of_somebody_else"},
}  # fmt: skip


@pytest.mark.line("money-4")
@pytest.mark.parametrize("how", CROSSED)
def test_a_signed_notice_that_is_not_wholly_of_this_payment_confirms_nothing(how: str) -> None:
    shop = make_shop()
    one, other = (payment_of(shop.id, make_order(shop).order.id) for _ in range(2))
    body = body_of(make_notice(one, **CROSSED[how](one, other)))
    assert hook(body, headers_for(body)).status_code == 200
    # What another account tells is not even counted against the payment.
    status = "created" if how == "another account" else "mismatched"
    assert [fresh(one).status, fresh(other).status] == [status, "created"]
    assert "unapplied" not in books()
    for payment in (one, other):
        with pytest.raises(OrderIsNotPaid):
            fulfil_order(merchant_id=shop.id, order_id=payment.order_id, actor=TESTS, now=now())


@pytest.mark.line("money-4")
def test_what_was_mismatched_never_becomes_a_payment_by_a_better_notice() -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    for amount in (Money(1, "EUR"), Money(4500, "EUR")):
        body = body_of(make_notice(payment, amount=amount))
        assert hook(body, headers_for(body)).status_code == 200
    assert fresh(payment).status == "mismatched"
    assert "unapplied" not in books()


@pytest.mark.line("money-4")
def test_an_order_is_not_confirmed_by_its_own_buyer() -> None:
    shop = make_shop()
    placed = make_order(shop)
    name = public_id("ord", placed.order.id)
    for body in ({"status": "paid"}, {"paid": "1"}):
        assert Client().post(f"/orders/{placed.token}/", body).status_code == 405
        Client().post(f"/orders/{placed.token}/pay/", body)
    assert caller_for(shop.merchant).put(f"orders/{name}", {"status": "fulfilled"}).status_code == 405
    assert json_of(caller_for(shop.merchant).get(f"orders/{name}"))["status"] == "pending"
    assert books() == {}
