"""Products and orders over REST: the server prices, and nothing has a code before it is paid."""

import pytest

from giftwell.domain.cards.models import Card
from giftwell.domain.catalog.models import Product
from giftwell.domain.orders.fulfil_order import fulfil_order
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id, parse_id, public_id
from tests.factories.catalog import escrow_of, promo_of
from tests.factories.orders import TESTS, Shop, make_fulfilled_order, make_shop
from tests.factories.payments import hear, payment_of
from tests.interfaces.api.caller import Caller, caller_for, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def api(shop: Shop) -> Caller:
    return caller_for(shop.merchant)


def _order(shop: Shop, value_minor: int = 5000, **line: object) -> dict[str, object]:
    wanted = {
        "product": shop.product.public_id,
        "value": {"amount_minor": value_minor, "currency": "EUR"},
        "recipient_name": "Maja",
        "recipient_email": "maja@example.com",
        **line,
    }
    return {"buyer": {"email": "tomas@example.com", "name": "Tomas"}, "lines": [wanted]}


def test_a_product_is_made_published_and_taken_off_the_shelf(api: Caller, shop: Shop) -> None:
    body = {
        "program": escrow_of(shop.merchant).public_id,
        "name": "Breakfast for two",
        "values": [{"value_minor": 5000, "price_minor": 4800}],
    }
    made = api.post("products", body)
    assert (made.status_code, made.json()["status"]) == (201, "draft")
    product_id = made.json()["id"]
    assert api.put(f"products/{product_id}/publication").json()["status"] == "published"
    assert api.delete(f"products/{product_id}/publication").json()["status"] == "draft"
    assert product_id in [one["id"] for one in api.get("products").json()["data"]]
    assert api.get(f"products/{product_id}").json()["values"] == [{"value_minor": 5000, "price_minor": 4800}]


def test_a_price_above_the_value_is_refused(api: Caller, shop: Shop) -> None:
    body = {
        "program": escrow_of(shop.merchant).public_id,
        "name": "Dear",
        "values": [{"value_minor": 5000, "price_minor": 5001}],
    }
    assert "values" in refused(api.post("products", body), 422, "product_is_invalid")["errors"]


def test_programs_and_designs_are_listed(api: Caller, shop: Shop) -> None:
    programs = {one["id"]: one["funding"] for one in api.get("programs").json()["data"]}
    assert programs[escrow_of(shop.merchant).public_id] == "escrow"
    assert programs[promo_of(shop.merchant).public_id] == "promo"
    assert api.get("designs").json()["data"]


def test_an_order_is_priced_by_the_server_and_waits_for_its_payment(api: Caller, shop: Shop) -> None:
    answer = api.post("orders", _order(shop))
    order = answer.json()
    assert answer.status_code == 201
    assert order["total"] == {"amount_minor": 4500, "currency": "EUR"}
    assert (order["status"], order["lines"][0]["card_status"]) == ("pending", "pending")
    assert "/sandbox-processor/pay/" in order["payment_url"]
    card = api.get(f"cards/{order['lines'][0]['card']}").json()
    assert (card["last4"], card["balance"]["amount_minor"]) == (None, 0)
    refused(api.post(f"cards/{card['id']}/code", {}), 409, "card_is_pending")


def test_a_price_in_the_body_is_refused(api: Caller, shop: Shop) -> None:
    problem = refused(api.post("orders", _order(shop, price_minor=1)), 422, "not_valid")
    assert list(problem["errors"]) == ["lines.0.price_minor"]


def test_the_same_key_places_one_order(api: Caller, shop: Shop) -> None:
    first = api.post("orders", _order(shop), key="order-1").json()
    again = api.post("orders", _order(shop), key="order-1")
    assert again["Idempotent-Replayed"] == "true"
    assert again.json()["id"] == first["id"]
    refused(api.post("orders", _order(shop, 7000), key="order-1"), 422, "idempotency_conflict")
    assert len(api.get("orders").json()["data"]) == 1


def test_a_paid_order_has_cards_with_value(api: Caller, shop: Shop) -> None:
    placed = api.post("orders", _order(shop)).json()
    order_id = parse_id(Order.PREFIX, placed["id"])
    hear(payment_of(shop.id, order_id))
    fulfil_order(merchant_id=shop.id, order_id=order_id, actor=TESTS, now=now())
    order = api.get(f"orders/{placed['id']}").json()
    assert (order["status"], order["payment_status"]) == ("fulfilled", "succeeded")
    assert api.get(f"cards/{order['lines'][0]['card']}").json()["balance"]["amount_minor"] == 5000
    assert [one["id"] for one in api.get(f"orders?number={order['number']}").json()["data"]] == [order["id"]]
    assert api.get("orders?status=pending").json()["data"] == []


def test_an_order_of_another_merchants_product_is_refused_and_leaves_nothing(api: Caller, shop: Shop) -> None:
    other = make_shop()
    answer = api.post("orders", _order(shop, product=other.product.public_id))
    assert answer.status_code == 404
    with scope.platform(), reading():
        assert not Order.objects.exists()
        assert not Card.objects.exists()


@pytest.mark.parametrize("noun", ["products", "orders"])
def test_what_is_another_merchants_is_not_there(api: Caller, noun: str) -> None:
    other = make_shop()
    foreign = other.product.public_id if noun == "products" else make_fulfilled_order(other).public_id
    unknown = public_id(Product.PREFIX if noun == "products" else Order.PREFIX, new_id())
    for one in (foreign, unknown, "nonsense"):
        assert api.get(f"{noun}/{one}").status_code == 404
    assert foreign not in str(api.get(noun).json())


def test_a_sold_card_is_refunded_by_its_line(api: Caller, shop: Shop) -> None:
    order = api.get(f"orders/{make_fulfilled_order(shop).public_id}").json()
    line = order["lines"][0]["id"]
    answer = api.post("refunds", {"order_card": line}, key="refund-1")
    assert (answer.status_code, answer.json()["amount_minor"]) == (201, 4500)
    again = api.post("refunds", {"order_card": line}, key="refund-1")
    assert again.json() == answer.json()
    assert again["Idempotent-Replayed"] == "true"
    assert api.get(f"cards/{order['lines'][0]['card']}").json()["close_reason"] == "refunded"
    till = caller_for(shop.merchant, "pos")
    refused(till.post("refunds", {"order_card": line}), 403, "missing_scope")


def test_another_merchants_line_is_not_refunded(api: Caller) -> None:
    other = make_shop()
    order = make_fulfilled_order(other)
    with scope.merchant(other.id), reading():
        line = OrderLine.objects.get(order=order)
    refused(api.post("refunds", {"order_card": line.public_id}), 404, "unknown_order_card")
