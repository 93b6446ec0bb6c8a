"""Orders and redemptions at the desk: found by equality, given back once, and in the books' own amounts."""

import pytest

from giftwell.domain.orders.place_top_up import place_top_up
from giftwell.domain.redemption.models import Redemption
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.factories.cards import balance_minor, make_sold_card, read
from tests.factories.identity import TESTS, location_of
from tests.factories.orders import BUYER, Shop, lines_of, make_order
from tests.factories.payments import payment_of, refunds_of
from tests.interfaces.console.conftest import Desk


def numbers(desk: Desk, **wanted: str) -> list[str]:
    answer = desk.browser.get(desk.at("orders/"), wanted)
    return [order.number for order, _ in answer.context["rows"]]


def test_orders_are_found_by_number_and_by_the_whole_address(desk: Desk) -> None:
    number = desk.order.number
    for text in (number, number.lower(), number.replace("-", ""), "Tomas@example.com"):
        assert numbers(desk, q=text) == [number]
    for text in ("tomas", "@example.com", number[:4], "%"):
        assert numbers(desk, q=text) == []


def test_orders_are_narrowed_by_status(desk: Desk) -> None:
    waiting = make_order(Shop(desk.merchant, desk.product)).order
    assert numbers(desk, status="pending") == [waiting.number]
    assert numbers(desk, status="fulfilled") == [desk.order.number]
    assert "Awaiting payment" in desk.page(f"orders/{waiting.public_id}/")


def test_an_unpaid_orders_card_shows_no_code_and_has_no_way_to_be_given_back(desk: Desk) -> None:
    order = make_order(Shop(desk.merchant, desk.product)).order
    (line,) = lines_of(order)
    assert "refund" not in desk.page(f"orders/{order.public_id}/")
    answer = desk.browser.get(desk.at(f"orders/{order.public_id}/refund/{line.public_id}/"))
    assert answer.headers["Location"].endswith(f"orders/{order.public_id}/")
    assert "Show the code" not in desk.page(f"cards/{line.card.public_id}/")


def test_a_top_up_nobody_paid_yet_has_no_way_to_be_given_back(desk: Desk) -> None:
    card = make_sold_card(desk.merchant)
    order = place_top_up(
        merchant_id=desk.merchant.id, card_id=card.id, value=Money(1000, "EUR"), buyer=BUYER,
        actor=TESTS, now=now(),
    ).order  # fmt: skip
    (line,) = lines_of(order)
    assert "refund" not in desk.page(f"orders/{order.public_id}/")
    answer = desk.browser.get(desk.at(f"orders/{order.public_id}/refund/{line.public_id}/"))
    assert answer.headers["Location"].endswith(f"orders/{order.public_id}/")


def test_an_order_shows_no_secret_link(desk: Desk) -> None:
    page = desk.page(f"orders/{desk.order.public_id}/")
    assert "/gift/" not in page
    assert "/orders/" in page
    assert "Tomas" in page


def test_unspent_value_goes_back_to_the_buyer_once_and_empties_the_card(desk: Desk) -> None:
    address = desk.at(f"orders/{desk.order.public_id}/refund/{desk.line.public_id}/")
    answer = desk.browser.get(address)
    # 50.00 was bought for 45.00 and 20.00 of it spent: of the 30.00 left, 5.00 are the shop's discount.
    assert "Give back €25.00?" in answer.content.decode()
    sent = {"key": answer.context["form"].initial["key"]}
    desk.browser.post(address, sent)
    desk.browser.post(address, sent)
    assert (read(desk.line.card).status, balance_minor(desk.line.card)) == ("closed", 0)
    refunds = refunds_of(payment_of(desk.merchant.id, desk.order.id))
    assert [one.amount_minor for one in refunds] == [2500]
    page = desk.page(f"orders/{desk.order.public_id}/")
    assert "€25.00 given back to the buyer" in page
    assert "Money back" in page
    assert desk.browser.get(address).status_code == 302


def test_a_refund_with_a_made_up_key_or_an_unknown_field_changes_nothing(desk: Desk) -> None:
    address = desk.at(f"orders/{desk.order.public_id}/refund/{desk.line.public_id}/")
    assert desk.browser.post(address, {"key": "mine"}).status_code == 200
    assert desk.browser.post(address, {"key": "mine", "amount_minor": "1"}).status_code == 422
    assert balance_minor(desk.line.card) == 3000


def test_redemptions_are_listed_with_place_and_cashier(desk: Desk) -> None:
    place = location_of(desk.merchant)
    page = desk.page("redemptions/")
    for shown in (place.name, "€20.00", desk.line.card.last4):
        assert shown in page
    at_place = desk.browser.get(desk.at("redemptions/"), {"location": place.public_id})
    assert len(at_place.context["rows"]) == 1
    elsewhere = desk.browser.get(desk.at("redemptions/"), {"location": "loc_nowhere"})
    assert "Nothing was redeemed at this place yet" in elsewhere.content.decode()


@pytest.mark.parametrize(
    ("typed", "balance", "said"),
    [
        ("5.00", 3500, "given back to card"), ("20.00", 5000, "given back to card"),
        ("20.01", 3000, "more than what is left"), ("0", 3000, "must be"), ("five", 3000, "Write an amount"),
        ("", 3000, "required"),
    ],
)  # fmt: skip
def test_at_most_what_was_taken_is_given_back_to_the_card(
    desk: Desk, typed: str, balance: int, said: str
) -> None:
    address = desk.at(f"redemptions/{desk.redemption}/refund/")
    first = desk.browser.get(address).context["form"].initial
    assert first["amount"] == "20.00"
    answer = desk.browser.post(address, {"key": first["key"], "amount": typed}, follow=True)
    assert balance_minor(desk.line.card) == balance
    assert said in answer.content.decode()
    desk.browser.post(address, {"key": first["key"], "amount": typed})
    assert balance_minor(desk.line.card) == balance


def test_nothing_is_given_back_twice(desk: Desk) -> None:
    address = desk.at(f"redemptions/{desk.redemption}/refund/")
    first = desk.browser.get(address).context["form"].initial
    desk.browser.post(address, first)
    assert desk.browser.get(address).status_code == 302
    with scope.merchant(desk.merchant.id), reading():
        assert Redemption.objects.get(merchant_id=desk.merchant.id).refundable_minor == 0
