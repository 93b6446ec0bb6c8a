"""The server decides what may be bought and what it costs; nothing can be spent before it is paid."""

from dataclasses import fields, replace
from typing import Any

import pytest

from giftwell.domain.cards.models import Card
from giftwell.domain.catalog.models import Design, Program
from giftwell.domain.catalog.pricing import ValueIsNotOffered
from giftwell.domain.delivery.models import Gift
from giftwell.domain.orders.lines import NotForSale
from giftwell.domain.orders.links import UnknownOrder, find_order, order_link
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.orders.place_order import Buyer, place_order
from giftwell.domain.orders.queries import view_order
from giftwell.domain.orders.wishes import MAX_CARDS, OrderIsInvalid, Wish
from giftwell.foundation.events.models import Event
from giftwell.foundation.idempotency.once import InvalidKey, KeyConflict
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id
from giftwell.kit.money import CurrencyMismatch, Money
from tests.domain.books import books
from tests.factories.orders import BUYER, TESTS, Shop, lines_of, make_order, make_shop

pytestmark = pytest.mark.django_db


def _place(shop: Shop, *wishes: Wish, buyer: Buyer = BUYER) -> Order:
    return place_order(merchant_id=shop.id, wishes=wishes, buyer=buyer, actor=TESTS, now=now()).order


def _nothing_was_made(shop: Shop) -> bool:
    with scope.merchant(shop.id), reading():
        return not Order.objects.exists() and not Card.objects.exists()


def test_a_wish_has_no_price_in_it() -> None:
    assert not {field.name for field in fields(Wish)} & {"price", "price_minor", "fee", "total", "currency"}


def test_the_price_follows_from_the_product() -> None:
    shop = make_shop(values=((5000, 4500), (2500, 2500)))
    order = _place(shop, shop.wish(5000), shop.wish(2500), shop.wish(1234))
    assert order.total == Money(4500 + 2500 + 1234, "EUR")
    assert [(line.value_minor, line.price_minor, line.discount_minor) for line in lines_of(order)] == [
        (5000, 4500, 500),
        (2500, 2500, 0),
        (1234, 1234, 0),
    ]


def test_the_buyers_fee_comes_on_top() -> None:
    shop = make_shop()
    with scope.merchant(shop.id), transaction():
        Program.objects.filter(pk=shop.product.program_id).update(buyer_fee_minor=75)
    order = _place(shop, shop.wish(5000), shop.wish(5000))
    assert order.total_minor == 2 * (4500 + 75)


def test_nothing_can_be_spent_or_shown_before_it_is_paid() -> None:
    shop = make_shop()
    order = _place(shop, shop.wish(recipient_email="maja@example.com"))
    (line,) = lines_of(order)
    card = line.card
    assert (card.status, card.code_hash, card.code_encrypted, card.last4) == ("pending", None, None, "")
    assert books() == {}
    with scope.merchant(shop.id), reading():
        assert not Gift.objects.exists()
        assert view_order(shop.id, order.id).lines[0].gift_link == ""
        assert view_order(shop.id, order.id).state == "created"


def test_yen_have_no_decimals() -> None:
    shop = make_shop(currency="JPY", values=((5000, 4800),))
    assert _place(shop, shop.wish(5000), shop.wish(501)).total == Money(5301, "JPY")


@pytest.mark.parametrize("value", [1, 499, 50_001, 10**12, 10**30])
def test_a_value_that_is_not_offered_is_refused(value: int) -> None:
    shop = make_shop()
    with pytest.raises(ValueIsNotOffered):
        _place(shop, shop.wish(value))
    assert _nothing_was_made(shop)


@pytest.mark.parametrize("value", [0, -1, -5000])
def test_nothing_and_less_is_refused(value: int) -> None:
    shop = make_shop()
    with pytest.raises(OrderIsInvalid) as refused:
        _place(shop, shop.wish(value))
    assert list(refused.value.errors) == ["lines.0.value_minor"]
    assert _nothing_was_made(shop)


def test_another_currency_than_the_programs_is_refused() -> None:
    shop = make_shop()
    with pytest.raises(CurrencyMismatch):
        _place(shop, replace(shop.wish(), value=Money(5000, "JPY")))
    assert _nothing_was_made(shop)


def test_one_order_has_one_currency() -> None:
    shop = make_shop()
    with pytest.raises(OrderIsInvalid) as refused:
        _place(shop, shop.wish(), replace(shop.wish(), value=Money(5000, "USD")))
    assert refused.value.errors == {"lines": "An order has one currency."}


def test_another_merchants_product_is_not_for_sale() -> None:
    ours, theirs = make_shop(), make_shop()
    with pytest.raises(NotForSale):
        _place(ours, theirs.wish())
    with pytest.raises(NotForSale):
        _place(ours, ours.wish(), theirs.wish())
    assert _nothing_was_made(ours)
    assert _nothing_was_made(theirs)


def test_another_merchants_design_is_refused() -> None:
    ours, theirs = make_shop(), make_shop()
    with scope.merchant(theirs.id), reading():
        foreign = Design.objects.filter(merchant_id=theirs.id).first()
    assert foreign is not None
    with pytest.raises(OrderIsInvalid):
        _place(ours, replace(ours.wish(), design_id=foreign.id))
    assert _nothing_was_made(ours)


def test_a_draft_and_an_unknown_product_are_not_for_sale() -> None:
    shop = make_shop(published=False)
    with pytest.raises(NotForSale):
        _place(shop, shop.wish())
    with pytest.raises(NotForSale):
        _place(shop, replace(shop.wish(), product_id=new_id()))


def test_a_suspended_merchant_sells_nothing() -> None:
    shop = make_shop()
    with scope.platform(), transaction():
        Merchant.objects.filter(pk=shop.id).update(status="suspended")
    with pytest.raises(NotForSale):
        _place(shop, shop.wish())


def test_a_merchant_that_is_not_there_sells_nothing() -> None:
    shop = make_shop()
    with pytest.raises(NotForSale):
        place_order(merchant_id=new_id(), wishes=[shop.wish()], buyer=BUYER, actor=TESTS, now=now())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient_name": "x" * 81}, "lines.0.recipient_name"),
        ({"recipient_name": "Maja\nBcc: all@example.com"}, "lines.0.recipient_name"),
        ({"sender_name": "\x00"}, "lines.0.sender_name"),
        ({"sender_name": "\u202eajaM"}, "lines.0.sender_name"),
        ({"recipient_email": "maja"}, "lines.0.recipient_email"),
        ({"recipient_email": "a@example.com,b@example.com"}, "lines.0.recipient_email"),
        ({"recipient_email": "a@example.com\nBcc: b@example.com"}, "lines.0.recipient_email"),
        ({"message": "x" * 501}, "lines.0.message"),
        ({"message": "\x00"}, "lines.0.message"),
        ({"message": "\ud800"}, "lines.0.message"),
    ],
)
def test_words_that_do_not_fit_are_named(changes: dict[str, Any], field: str) -> None:
    shop = make_shop()
    with pytest.raises(OrderIsInvalid) as refused:
        _place(shop, replace(shop.wish(), **changes))
    assert list(refused.value.errors) == [field]
    assert _nothing_was_made(shop)


def test_lines_emoji_and_joiners_are_words_too() -> None:
    shop = make_shop()
    order = _place(shop, shop.wish(message="For you\r\n👩‍👧 مى‌خواهم", recipient_name="Zoë"))
    assert lines_of(order)[0].message == "For you\r\n👩‍👧 مى‌خواهم"


@pytest.mark.parametrize(
    "email", ["", "tomas", "tomas@", "a@b@c.example", "t@example.com\r\nBcc: x@example.com"]
)
def test_a_receipt_needs_an_address(email: str) -> None:
    shop = make_shop()
    with pytest.raises(OrderIsInvalid) as refused:
        _place(shop, shop.wish(), buyer=Buyer(email=email))
    assert list(refused.value.errors) == ["buyer_email"]


@pytest.mark.parametrize("count", [0, MAX_CARDS + 1, 5000])
def test_an_order_has_some_cards_and_not_too_many(count: int) -> None:
    shop = make_shop()
    with pytest.raises(OrderIsInvalid) as refused:
        _place(shop, *[shop.wish(500)] * count)
    assert list(refused.value.errors) == ["lines"]


def test_an_order_is_not_worth_too_much() -> None:
    shop = make_shop()
    with pytest.raises(OrderIsInvalid):
        _place(shop, *[shop.wish(50_000)] * 11)
    _place(shop, *[shop.wish(50_000)] * 10)


def test_one_key_places_one_order() -> None:
    shop = make_shop()
    first, second = make_order(shop, key="k-1"), make_order(shop, key="k-1")
    assert (first.order.id, first.is_replay) == (second.order.id, not second.is_replay)
    assert (first.token, first.checkout_url) == (second.token, second.checkout_url)
    with scope.merchant(shop.id), reading():
        assert (Order.objects.count(), OrderLine.objects.count(), Card.objects.count()) == (1, 1, 1)
        assert Event.objects.filter(type="order.placed").count() == 1


def test_one_key_for_another_order_is_refused_with_the_difference() -> None:
    shop = make_shop()
    make_order(shop, key="k-1")
    with pytest.raises(KeyConflict) as refused:
        make_order(shop, shop.wish(2500), key="k-1")
    assert list(refused.value.errors) == ["lines"]


def test_the_same_key_of_another_merchant_is_another_key() -> None:
    a, b = make_shop(), make_shop()
    assert make_order(a, key="k-1").order.id != make_order(b, key="k-1").order.id


def test_an_impossible_key_is_refused() -> None:
    shop = make_shop()
    for key in ("k" * 256, "k 1", "ü", "\n"):
        with pytest.raises(InvalidKey):
            make_order(shop, key=key)


def test_a_refused_order_leaves_its_key_free() -> None:
    shop = make_shop()
    with pytest.raises(ValueIsNotOffered):
        make_order(shop, shop.wish(1), key="k-1")
    assert not make_order(shop, shop.wish(2500), key="k-1").is_replay


def test_the_link_finds_the_order_and_no_other_text_does() -> None:
    shop = make_shop()
    placed = make_order(shop)
    found = find_order(token=placed.token)
    assert (found.merchant_id, found.order_id) == (shop.id, placed.order.id)
    assert order_link(placed.order.id).endswith(f"/orders/{placed.token}/")
    for wrong in (
        "",
        "x" * 32,
        placed.token[:-1],
        placed.token + "x",
        placed.token.swapcase(),
        "ü" * 32,
        "\x00" * 32,
    ):
        with pytest.raises(UnknownOrder):
            find_order(token=wrong)


def test_the_token_is_not_in_the_database() -> None:
    shop = make_shop()
    placed = make_order(shop)
    with scope.merchant(shop.id), reading():
        row = Order.objects.filter(pk=placed.order.id).values().get()
    assert placed.token not in repr(row)
    assert placed.token.encode() not in bytes(row["token_hash"])


def test_a_person_sees_the_orders_they_placed_signed_in() -> None:
    from tests.factories.identity import make_person

    shop, person, stranger = make_shop(), make_person(), make_person()
    mine = _place(shop, shop.wish(), buyer=Buyer(email=person.email, user_id=person.pk))
    _place(shop, shop.wish(), buyer=Buyer(email=person.email))
    with scope.person(person.pk), reading():
        assert [order.pk for order in Order.objects.all()] == [mine.pk]
        assert OrderLine.objects.count() == 1
    with scope.person(stranger.pk), reading():
        assert not Order.objects.exists()
        assert not OrderLine.objects.exists()


def test_only_escrow_is_sold() -> None:
    shop = make_shop()
    with scope.merchant(shop.id), transaction():
        promo = Program.objects.get(merchant_id=shop.id, funding="promo")
        shop.product.__class__.objects.filter(pk=shop.product.pk).update(program=promo)
    with pytest.raises(NotForSale):
        _place(shop, shop.wish())
