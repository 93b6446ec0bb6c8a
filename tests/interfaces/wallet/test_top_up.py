"""A holder pays for more on a card: within what the program allows, once, and seen on card and order."""

import pytest
from django.test import Client

from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.models import Card
from giftwell.domain.ledger.verify import verify
from giftwell.domain.orders.fulfil_order import fulfil_order
from giftwell.domain.orders.links import order_link
from giftwell.domain.orders.models import Order
from giftwell.domain.orders.queries import orders_bought_by
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.limiting import per_minute
from giftwell.interfaces.wallet import top_up
from giftwell.kit.clock import now
from tests.factories.cards import balance_minor, make_promo_card, make_sold_card
from tests.factories.catalog import make_program, make_shop
from tests.factories.identity import TESTS, make_person
from tests.factories.payments import hear, payment_of
from tests.interfaces.wallet.people import Holder, kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def maja() -> Holder:
    return Holder(make_person(email="maja@example.com", name="Maja Lindqvist"))


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def card(shop: Merchant, maja: Holder) -> Card:
    return kept(make_sold_card(shop), maja)


def orders(holder: Holder) -> list[Order]:
    with scope.person(holder.person.pk), reading():
        return list(orders_bought_by(holder.person.pk))


def paid(order: Order) -> Order:
    assert hear(payment_of(order.merchant_id, order.id)) == "settled"
    return fulfil_order(merchant_id=order.merchant_id, order_id=order.id, actor=TESTS, now=now())


def page_of(order: Order) -> str:
    return str(Client().get(order_link(order.id)).content.decode())


def test_a_chosen_value_is_paid_and_stands_on_the_card(maja: Holder, card: Card) -> None:
    answer = maja.ask(card, "top-up/", value="2500")
    assert answer.status_code == 302
    (order,) = orders(maja)
    assert (order.total_minor, order.buyer_email) == (2500, "maja@example.com")
    waiting = page_of(order)
    assert f"Top-up of card {card.last4}" in waiting
    assert "as soon as it is paid" in waiting
    assert balance_minor(card) == 5000

    paid(order)

    done = page_of(order)
    assert f"€25.00 are on card {card.last4}" in done
    assert "the gift is ready" not in done
    assert f"/wallet/cards/{card.public_id}/" in done
    assert balance_minor(card) == 7500
    assert "Topped up" in maja.page(card)
    assert verify() == []


def test_an_amount_of_ones_own_within_the_bounds(maja: Holder, card: Card) -> None:
    assert maja.ask(card, "top-up/", value="other", amount="37.50").status_code == 302
    assert [order.total_minor for order in orders(maja)] == [3750]


def test_the_same_form_sent_twice_is_one_order_and_a_changed_one_another(maja: Holder, card: Card) -> None:
    page = "x" * 32
    for value in ("2500", "2500", "1000"):
        assert maja.send(card, "top-up/", {"page": page, "value": value}).status_code == 302
    assert sorted(order.total_minor for order in orders(maja)) == [1000, 2500]


@pytest.mark.parametrize(
    ("value", "amount", "words"),
    [
        ("", "", "Choose a value"),
        ("2501", "", "Choose one of the values"),
        ("other", "", "Write an amount from"),
        ("other", "0", "Write an amount"),
        ("other", "-5", "Write an amount"),
        ("other", "1e9", "Write an amount"),
        ("other", "0.01", "Write an amount from"),
        ("other", "999999999999999", "Write an amount"),
    ],
)
def test_a_value_that_is_not_on_offer_orders_nothing(
    maja: Holder, card: Card, value: str, amount: str, words: str
) -> None:
    assert words in maja.ask(card, "top-up/", value=value, amount=amount).content.decode()
    assert orders(maja) == []


def test_a_card_takes_no_more_than_its_cap(maja: Holder, shop: Merchant) -> None:
    program = make_program(shop, max_value_minor=5000, max_balance_minor=6000)
    card = kept(make_sold_card(shop, 5000, program=program), maja)
    page = maja.page(card, "top-up/")
    assert 'value="1000"' in page
    assert 'value="2500"' not in page
    assert "to €10" in page
    assert "Write an amount" in maja.ask(card, "top-up/", value="other", amount="10.01").content.decode()
    paid(_ordered(maja, card, "1000"))
    assert "as much as its shop allows" in maja.page(card, "top-up/")


def test_only_a_card_that_is_sold_and_open_can_be_paid_onto(maja: Holder, shop: Merchant, card: Card) -> None:
    given = kept(make_promo_card(shop), maja)
    assert "/top-up/" not in maja.page(given)
    assert "Nothing can be paid onto this card" in maja.page(given, "top-up/")
    maja.browser.post(maja.at(card, "freeze/"))
    for one, words in ((given, "not sold"), (card, "frozen")):
        answer = maja.send(one, "top-up/", {"page": "x" * 32, "value": "1000"})
        assert answer.status_code == 200, words
    assert orders(maja) == []


def test_a_card_that_ended_before_the_money_came_gives_it_back_and_says_so(
    maja: Holder, shop: Merchant, card: Card
) -> None:
    order = _ordered(maja, card, "2500")
    other = kept(make_sold_card(shop), maja)
    merge_cards(merchant_id=shop.id, source_id=card.id, target_id=other.id, key="m", actor=TESTS, now=now())

    assert paid(order).status == "returned"

    page = page_of(order)
    assert "Your money goes back" in page
    assert "€25.00" in page
    assert "/pay/" not in page
    assert "Returned" in maja.browser.get("/wallet/orders/").content.decode()
    assert balance_minor(other) == 10_000
    assert verify() == []


def test_orders_are_not_placed_without_end(maja: Holder, card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(top_up, "ORDERS_OF_A_PERSON", per_minute(1))
    assert maja.ask(card, "top-up/", value="1000").status_code == 302
    assert "many orders" in maja.ask(card, "top-up/", value="1000").content.decode()
    assert len(orders(maja)) == 1


def _ordered(holder: Holder, card: Card, value: str) -> Order:
    assert holder.ask(card, "top-up/", value=value).status_code == 302
    return orders(holder)[0]
