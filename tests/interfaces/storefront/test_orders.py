"""The page of an order: how it stands, told to whoever holds its address, and to nobody else."""

import re

import pytest

from giftwell.domain.orders.expire_order import expire_order
from giftwell.domain.orders.fulfil_order import fulfil_order
from giftwell.domain.orders.links import order_token
from giftwell.domain.orders.wishes import LIFETIME
from giftwell.domain.payments.gateway import NoticeKind
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.factories.delivery import gifts_of
from tests.factories.identity import TESTS
from tests.factories.orders import make_fulfilled_order, make_order, make_paid_order, make_shop
from tests.factories.payments import hear, payment_of

pytestmark = pytest.mark.django_db


def address(order) -> str:
    """The order's page."""
    return f"/orders/{order_token(order.id)}/"


def state_of(html: str) -> str:
    """The heading of the page."""
    found = re.search(r"<h1>(.*?)</h1>", html)
    assert found
    return found[1]


def page(client, order, part: str = "") -> str:
    """The page's text."""
    response = client.get(address(order) + part)
    assert response.status_code == 200
    return response.content.decode()


def test_an_order_waits_for_its_payment_and_offers_to_pay(client):
    order = make_order(make_shop()).order
    html = page(client, order)
    assert state_of(html) == "Waiting for the payment"
    assert "Pay €45.00" in html
    assert "data-live" in html


def test_an_order_that_is_paid_says_that_the_gift_is_made(client):
    order, _ = make_paid_order(make_shop())
    html = page(client, order)
    assert state_of(html) == "Paid, thank you"
    assert "Pay €" not in html
    assert "data-live" in html


def test_a_fulfilled_order_is_not_watched_any_more(client):
    order = make_fulfilled_order(make_shop())
    html = page(client, order)
    assert state_of(html) == "Given"
    assert "data-live" not in html


def test_the_part_that_changes_is_the_same_as_on_the_page(client):
    order, _ = make_paid_order(make_shop())
    before = page(client, order, "state/")
    fulfil_order(merchant_id=order.merchant_id, order_id=order.id, actor=TESTS, now=now())
    after = page(client, order, "state/")
    assert state_of(before) == "Paid, thank you"
    assert state_of(after) == "Given"
    assert "<html" not in after
    assert re.findall('data-state="(.*?)"', before) != re.findall('data-state="(.*?)"', after)


def test_a_declined_payment_can_be_tried_again(client):
    shop = make_shop()
    order = make_order(shop).order
    hear(payment_of(shop.id, order.id), NoticeKind.DECLINED)
    assert state_of(page(client, order)) == "Not paid yet"
    again = client.post(address(order) + "pay/")
    assert again.status_code == 302
    assert "/sandbox-processor/pay/" in again["Location"]


def test_money_that_does_not_match_is_said_to_go_back(client):
    shop = make_shop()
    order = make_order(shop).order
    hear(payment_of(shop.id, order.id), amount=Money(1, "EUR"))
    assert state_of(page(client, order)) == "The payment did not match"


def test_an_order_that_was_not_paid_in_time_has_ended(client):
    order = make_order(make_shop()).order
    late = now() + LIFETIME + LIFETIME
    expire_order(merchant_id=order.merchant_id, order_id=order.id, actor=TESTS, now=late)
    html = page(client, order)
    assert state_of(html) == "This order has ended"
    assert "Pay €" not in html
    assert client.post(address(order) + "pay/")["Location"] == address(order)


def test_only_who_hands_a_gift_over_sees_its_link(client):
    shop = make_shop()
    mailed = make_fulfilled_order(shop, shop.wish(recipient_email="maja@example.com"))
    handed = make_fulfilled_order(shop, shop.wish(recipient_name="Maja"))
    assert "/gift/" not in page(client, mailed)
    assert "/gift/" in page(client, handed)


def test_no_link_to_a_gift_stands_there_before_it_is_paid(client):
    shop = make_shop()
    order = make_order(shop, shop.wish(recipient_name="Maja")).order
    assert "/gift/" not in page(client, order)


def test_addresses_are_masked_for_whoever_else_gets_to_see_the_page(client):
    order = make_fulfilled_order(make_shop())
    html = page(client, order)
    assert "tomas@example.com" not in html
    assert "maja@example.com" not in html
    assert "m•••@example.com" in html


def test_a_code_never_stands_on_the_page_of_an_order(client):
    order = make_fulfilled_order(make_shop())
    assert gifts_of(order)
    assert "last4" not in page(client, order)


def test_the_address_of_an_order_leaks_by_no_referrer_index_or_cache(client):
    response = client.get(address(make_order(make_shop()).order))
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", ["x", "A" * 32, "%00", "..%2f", "a" * 500])
def test_an_address_that_is_no_orders_is_not_found(client, token):
    assert client.get(f"/orders/{token}/").status_code == 404
    assert client.post(f"/orders/{token}/pay/").status_code == 404


def test_looking_at_an_order_changes_nothing_and_paying_is_no_look(client):
    order = make_order(make_shop()).order
    assert client.post(address(order)).status_code == 405
    assert client.get(address(order) + "pay/").status_code == 405
