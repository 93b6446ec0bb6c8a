"""The product page: what it offers, what it refuses, and what it sends to be paid."""

import pytest

from giftwell.domain.orders.models import Order, OrderLine
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.limiting import per_minute
from giftwell.kit.errors import Unavailable
from tests.factories.orders import Shop, make_shop

pytestmark = pytest.mark.django_db

GIFT = {
    "page": "a-page",
    "value": "5000",
    "recipient_name": "Maja",
    "sender_name": "Tomas",
    "message": "Happy birthday.",
    "how": "mail",
    "recipient_email": "maja@example.com",
    "buyer_email": "tomas@example.com",
}


def address(shop: Shop) -> str:
    """Where the shop's product stands."""
    return f"/shops/{shop.merchant.slug}/{shop.product.slug}/"


def orders_of(shop: Shop) -> list[Order]:
    """What was ordered."""
    with scope.merchant(shop.id), reading():
        return list(Order.objects.order_by("placed_at"))


def line_of(shop: Shop) -> OrderLine:
    """The one line of the one order."""
    with scope.merchant(shop.id), reading():
        return OrderLine.objects.get()


def test_a_page_shows_each_value_and_what_is_paid_for_it(client):
    shop = make_shop(values=((2500, 2500), (5000, 4800)))
    html = client.get(address(shop)).content.decode()
    for word in ("€25", "you pay €25.00", "€50", "you pay €48.00", "from €5 to €500"):
        assert word in html


def test_an_order_goes_to_the_processors_page_at_our_price(client):
    shop = make_shop(values=((5000, 4500),))
    response = client.post(address(shop), GIFT)
    assert response.status_code == 302
    assert "/sandbox-processor/pay/" in response["Location"]
    line = line_of(shop)
    assert (line.value_minor, line.price_minor) == (5000, 4500)
    assert (line.recipient_name, line.recipient_email, line.message) == (
        "Maja",
        "maja@example.com",
        "Happy birthday.",
    )


def test_a_price_that_a_client_sends_is_refused_as_an_unknown_field(client):
    shop = make_shop()
    assert client.post(address(shop), GIFT | {"price": "1"}).status_code == 422
    assert orders_of(shop) == []


def test_an_amount_of_ones_own_is_sold_inside_the_range(client):
    shop = make_shop()
    client.post(address(shop), GIFT | {"value": "other", "amount": "37.50"})
    assert line_of(shop).price_minor == 3750


@pytest.mark.parametrize("amount", ["", "4.99", "500.01", "-10", "1e3", "12.345", "ten", "\uff19" * 12])
def test_an_amount_outside_the_range_is_refused_and_everything_typed_is_kept(client, amount):
    shop = make_shop()
    response = client.post(address(shop), GIFT | {"value": "other", "amount": amount})
    html = response.content.decode()
    assert response.status_code == 200
    assert "Write an amount from €5 to €500." in html
    assert "Happy birthday." in html
    assert 'value="Maja"' in html
    assert orders_of(shop) == []


@pytest.mark.parametrize("value", ["4999999", "-5000", "0", "5000.00", "', 1); --", "others"])
def test_a_value_that_is_not_offered_is_refused(client, value):
    shop = make_shop()
    assert (
        "Choose one of the values shown."
        in client.post(address(shop), GIFT | {"value": value}).content.decode()
    )
    assert orders_of(shop) == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("buyer_email", "tomas@"),
        ("buyer_email", ""),
        ("recipient_email", ""),
        ("recipient_email", "maja@example"),
        ("recipient_name", ""),
        ("sender_name", "x" * 61),
        ("message", "x" * 301),
        ("message", "nul\x00nul"),
        ("recipient_name", "two\nlines\u202e"),
        ("how", "pigeon"),
        ("design", "dsgn_of_another_shop"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client, field, text):
    shop = make_shop()
    response = client.post(address(shop), GIFT | {field: text})
    assert response.status_code == 200
    assert "aria-invalid" in response.content.decode() or field in {"how", "design"}
    assert orders_of(shop) == []


def test_a_gift_that_is_handed_over_uses_no_address(client):
    shop = make_shop()
    client.post(address(shop), GIFT | {"how": "link", "recipient_email": "half-typed@"})
    assert line_of(shop).recipient_email == ""


def test_the_same_form_sent_twice_is_one_order(client):
    shop = make_shop()
    first, second = client.post(address(shop), GIFT), client.post(address(shop), GIFT)
    assert first["Location"] == second["Location"]
    assert len(orders_of(shop)) == 1


def test_a_form_that_was_changed_is_another_order(client):
    shop = make_shop()
    client.post(address(shop), GIFT)
    client.post(address(shop), GIFT | {"message": "For the other twin."})
    client.post(address(shop), GIFT | {"page": "another-page"})
    assert len(orders_of(shop)) == 3


def test_a_processor_that_does_not_answer_costs_no_word(client, monkeypatch):
    class Down(Unavailable):
        code = "gateway_unavailable"
        detail = "The payment processor does not answer at the moment."

    def down(**_: object) -> str:
        raise Down

    monkeypatch.setattr("giftwell.domain.orders.opening.pay_order", down)
    shop = make_shop()
    response = client.post(address(shop), GIFT)
    html = response.content.decode()
    assert response.status_code == 200
    assert "does not answer" in html
    assert "Happy birthday." in html


def test_a_form_from_another_site_is_refused(client):
    from django.test import Client

    shop = make_shop()
    assert Client(enforce_csrf_checks=True).post(address(shop), GIFT).status_code == 403
    assert orders_of(shop) == []


def test_a_product_page_asks_a_bounded_number_of_times(client, django_assert_max_num_queries):
    shop = make_shop(values=tuple((1000 * n, 1000 * n) for n in range(1, 9)))
    with django_assert_max_num_queries(14):
        client.get(address(shop))


def test_too_many_orders_from_one_address_are_refused_and_nothing_is_lost(client, monkeypatch):
    monkeypatch.setattr("giftwell.interfaces.storefront.products.ORDERS_OF_AN_ADDRESS", per_minute(2))
    shop = make_shop()
    answers = [client.post(address(shop), {**GIFT, "page": f"page-{n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    html = answers[2].content.decode()
    assert "Nothing was ordered" in html
    assert "Happy birthday." in html
    assert len(orders_of(shop)) == 2
