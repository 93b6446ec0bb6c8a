"""A top-up is paid like a sale: nothing is on the card before the money, which is never kept for nothing."""

import pytest

from giftwell.domain.cards.caps import ExceedsMaxBalance
from giftwell.domain.cards.events import CardLoaded
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.cards.paid_value import FundingIsNotSold
from giftwell.domain.cards.queries import history_of
from giftwell.domain.cards.refusals import CardIsFrozen, ValueIsOutOfBounds
from giftwell.domain.cards.replace_card import replace_card
from giftwell.domain.ledger.verify import verify
from giftwell.domain.orders.expire_order import expire_order
from giftwell.domain.orders.fulfil_order import OrderIsNotPaid, fulfil_order
from giftwell.domain.orders.links import UnknownOrder
from giftwell.domain.orders.models import Order
from giftwell.domain.orders.opening import PlacedOrder
from giftwell.domain.orders.place_top_up import place_top_up
from giftwell.domain.orders.queries import view_order
from giftwell.domain.orders.refund_order_card import OrderIsNotFulfilled, refund_order_card
from giftwell.domain.orders.refunds import RefundExceedsUnspent
from giftwell.domain.orders.send_receipt import send_receipt
from giftwell.domain.orders.send_return_notice import send_return_notice
from giftwell.domain.orders.wishes import LIFETIME, OrderIsInvalid
from giftwell.domain.payments.models import Payment
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import CurrencyMismatch, Money
from tests.domain.books import books
from tests.domain.racing import together
from tests.factories.cards import balance_minor, code_of, make_promo_card, make_sold_card, read
from tests.factories.catalog import make_program, make_shop
from tests.factories.identity import TESTS
from tests.factories.orders import BUYER, fresh_order, lines_of
from tests.factories.payments import hear, payment_of


@pytest.fixture
def shop(db) -> Merchant:
    return make_shop()


def top_up(card: Card, value_minor: int = 2000, *, currency: str = "EUR", **more) -> PlacedOrder:
    wanted = {"buyer": BUYER, "value": Money(value_minor, currency), **more}
    return place_top_up(merchant_id=card.merchant_id, card_id=card.id, actor=TESTS, now=now(), **wanted)


def pay(order: Order) -> Payment:
    payment = payment_of(order.merchant_id, order.id)
    assert hear(payment) == "settled"
    return payment


def fulfil(order: Order) -> Order:
    return fulfil_order(merchant_id=order.merchant_id, order_id=order.id, actor=TESTS, now=now())


def refund(order: Order, value_minor: int | None = None):
    (line,) = lines_of(order)
    return refund_order_card(
        merchant_id=order.merchant_id, line_id=line.id, key="r1", value_minor=value_minor,
        actor=TESTS, now=now(),
    ).refund  # fmt: skip


def spend(card: Card, amount_minor: int) -> None:
    redeem(
        merchant_id=card.merchant_id, code=code_of(card), amount=Money(amount_minor, "EUR"), key="s",
        actor=TESTS, now=now(),
    )  # fmt: skip


def test_a_paid_top_up_is_on_the_card_and_an_unpaid_one_is_not(shop: Merchant) -> None:
    card = make_sold_card(shop, 5000, program=make_program(shop, buyer_fee_minor=75))
    placed = top_up(card)

    assert placed.checkout_url
    assert placed.order.total == Money(2075, "EUR")
    with pytest.raises(OrderIsNotPaid):
        fulfil(placed.order)
    assert balance_minor(card) == 5000

    pay(placed.order)
    fulfil(placed.order)
    fulfil(placed.order)

    assert balance_minor(card) == 7000
    assert books()["fees"] == 75
    assert fresh_order(placed.order).is_fulfilled
    with scope.merchant(shop.id), reading():
        (told,) = history_of(card).filter(type=CardLoaded.TYPE)
        (line,) = view_order(shop.id, placed.order.id).lines
    assert told.data["line"] == line.line.public_id
    assert line.gift is None
    assert verify() == []


def test_a_direct_card_is_topped_up_with_the_commission_taken_at_once(shop: Merchant) -> None:
    card = make_promo_card(shop, 5000, program=make_program(shop, funding="direct", commission_bps=500))
    order = top_up(card, 4000).order
    pay(order)
    fulfil(order)

    assert balance_minor(card) == 9000
    assert verify() == []
    assert refund(order, 1000).amount_minor == 1000
    assert verify() == []


def test_the_same_key_places_one_order(shop: Merchant) -> None:
    card = make_sold_card(shop)

    first, again = top_up(card, key="k"), top_up(card, key="k")

    assert (again.is_replay, again.order.pk) == (True, first.order.pk)


def test_what_cannot_be_loaded_is_not_ordered(shop: Merchant) -> None:
    program = make_program(shop, max_value_minor=5000, max_balance_minor=6000)
    card, frozen = make_sold_card(shop, program=program), make_sold_card(shop)
    freeze_card(merchant_id=shop.id, card_id=frozen.id, reason=FreezeReason.HOLDER, actor=TESTS, now=now())

    for broken, error, more in (
        (card, ExceedsMaxBalance, {"value_minor": 1001}),
        (card, ValueIsOutOfBounds, {"value_minor": 5001}),
        (card, ValueIsOutOfBounds, {"value_minor": 0}),
        (card, CurrencyMismatch, {"currency": "GBP"}),
        (frozen, CardIsFrozen, {}),
        (make_promo_card(shop), FundingIsNotSold, {}),
    ):
        with pytest.raises(error):
            top_up(broken, **more)
    with pytest.raises(OrderIsInvalid):
        top_up(card, 1000, buyer=type(BUYER)(email="nobody"))
    with pytest.raises(CardNotFound):
        place_top_up(
            merchant_id=make_shop().id, card_id=card.id, value=Money(1000, "EUR"), buyer=BUYER,
            actor=TESTS, now=now(),
        )  # fmt: skip
    assert not Order.objects.exists()


def test_a_card_frozen_since_still_gets_what_was_paid(shop: Merchant) -> None:
    card = make_sold_card(shop)
    order = top_up(card).order
    freeze_card(merchant_id=shop.id, card_id=card.id, reason=FreezeReason.HOLDER, actor=TESTS, now=now())

    pay(order)
    fulfil(order)

    assert balance_minor(card) == 7000
    assert read(card).status == "frozen"


def test_a_card_replaced_since_is_loaded_where_its_value_went(shop: Merchant) -> None:
    card = make_sold_card(shop, 5000)
    order = top_up(card).order
    moved = replace_card(merchant_id=shop.id, card_id=card.id, key="r", actor=TESTS, now=now())

    pay(order)
    fulfil(order)

    with scope.merchant(shop.id), reading():
        carried = Card.objects.get(id=moved.target_id)
    assert balance_minor(carried) == 7000
    assert refund(order).amount_minor == 2000
    assert balance_minor(carried) == 5000
    assert verify() == []


def _cannot_take_it(card: Card) -> None:
    other = make_sold_card(card.merchant)
    merge_cards(
        merchant_id=card.merchant_id, source_id=card.id, target_id=other.id, key="g", actor=TESTS, now=now()
    )


def test_money_for_a_card_that_can_take_it_no_more_goes_back(shop: Merchant) -> None:
    card = make_sold_card(shop)
    order = top_up(card).order
    _cannot_take_it(card)
    payment = pay(order)

    ended = fulfil(order)
    fulfil(order)

    assert ended.status == Order.Status.RETURNED
    assert balance_minor(card) == 0
    assert books()["refunds_due"] == 2000
    assert payment_of(shop.id, order.id).pk == payment.pk
    with scope.merchant(shop.id), reading():
        row = Payment.objects.get(pk=payment.pk)
        view = view_order(shop.id, order.id)
    assert (row.status, row.reason) == (Payment.Status.RETURNED, "undeliverable")
    assert view.state == "returned"
    assert not send_receipt(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now())
    assert verify() == []


def test_the_buyer_of_a_returned_top_up_is_written_to_once(shop: Merchant) -> None:
    card = make_sold_card(shop)
    order = top_up(card).order
    assert not _told(order), "it is not over yet"
    _cannot_take_it(card)
    pay(order)
    fulfil(order)

    assert [_told(order), _told(order)] == [True, False]

    with scope.merchant(shop.id), reading():
        (message,) = Message.objects.filter(cause=order.public_id)
    assert message.kind == "order_returned"
    assert order.number in message.subject
    with pytest.raises(UnknownOrder):
        send_return_notice(merchant_id=make_shop().id, order_id=order.id, actor=TESTS, now=now())


def _told(order: Order) -> bool:
    return send_return_notice(merchant_id=order.merchant_id, order_id=order.id, actor=TESTS, now=now())


def test_two_top_ups_that_together_go_beyond_the_cap_return_the_second(shop: Merchant) -> None:
    card = make_sold_card(shop, program=make_program(shop, max_value_minor=5000, max_balance_minor=8000))
    first, second = top_up(card).order, top_up(card).order
    pay(first)
    pay(second)

    assert fulfil(first).status == Order.Status.FULFILLED
    assert fulfil(second).status == Order.Status.RETURNED
    assert balance_minor(card) == 7000
    assert verify() == []


def test_an_unpaid_top_up_ends_and_leaves_the_card_alone(shop: Merchant) -> None:
    card = make_sold_card(shop)
    order = top_up(card).order

    expire_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now() + LIFETIME)

    assert read(card).status == "active"
    assert hear(payment_of(shop.id, order.id)) == "returned"
    assert verify() == []


def test_unspent_value_of_a_top_up_goes_back_and_the_card_stays(shop: Merchant) -> None:
    card = make_sold_card(shop, 5000)
    order = top_up(card).order
    pay(order)
    fulfil(order)
    spend(card, 6500)

    with pytest.raises(RefundExceedsUnspent):
        refund(order, 501)
    assert refund(order).amount_minor == 500

    assert (balance_minor(card), read(card).status) == (0, "active")
    assert verify() == []


def test_a_refund_gives_back_no_more_than_its_own_line_paid(shop: Merchant) -> None:
    card = make_sold_card(shop, 5000)
    order = top_up(card).order
    pay(order)
    fulfil(order)

    with pytest.raises(RefundExceedsUnspent):
        refund(order, 2001)
    assert refund(order).amount_minor == 2000
    assert balance_minor(card) == 5000


def test_a_top_up_that_never_reached_the_card_gives_nothing_back(shop: Merchant) -> None:
    card = make_sold_card(
        shop, 5000, program=make_program(shop, max_value_minor=5000, max_balance_minor=8000)
    )
    unpaid, paid, returned = (top_up(card).order for _ in range(3))
    ended = top_up(card).order
    expire_order(merchant_id=shop.id, order_id=ended.id, actor=TESTS, now=now() + LIFETIME)
    pay(paid)
    pay(returned)
    filled = top_up(card).order
    pay(filled)
    fulfil(filled)
    assert fulfil(returned).status == Order.Status.RETURNED

    for order in (unpaid, paid, returned, ended):
        with pytest.raises(OrderIsNotFulfilled):
            refund(order)

    assert balance_minor(card) == 7000
    assert verify() == []


def test_a_top_up_and_its_merge_at_once_lose_no_cent(own_database) -> None:
    shop = make_shop()
    card = make_sold_card(shop)
    order = top_up(card).order
    pay(order)

    answers = together(lambda: fulfil(order), lambda: fulfil(order), lambda: _cannot_take_it(card))

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert fresh_order(order).status in {Order.Status.FULFILLED, Order.Status.RETURNED}
    assert verify() == []
