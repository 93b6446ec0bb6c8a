"""A paid order becomes cards and gifts exactly once; an order that is not paid never does."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.orders.expire_order import expire_order
from giftwell.domain.orders.fulfil_order import OrderIsNotPaid, fulfil_order
from giftwell.domain.orders.links import UnknownOrder
from giftwell.domain.orders.models import Order
from giftwell.domain.orders.pay_order import OrderIsOver, pay_order
from giftwell.domain.orders.queries import orders_due, orders_stuck, view_order
from giftwell.domain.orders.send_receipt import send_receipt
from giftwell.domain.orders.wishes import LIFETIME
from giftwell.domain.payments.gateway import NoticeKind
from giftwell.foundation.events.models import Event
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import books, credit_of
from tests.factories.delivery import gifts_of
from tests.factories.orders import (
    TESTS,
    Shop,
    fresh_order,
    lines_of,
    make_fulfilled_order,
    make_order,
    make_paid_order,
    make_shop,
)
from tests.factories.payments import hear, payment_of

pytestmark = pytest.mark.django_db


def _fulfil(order: Order) -> Order:
    return fulfil_order(merchant_id=order.merchant_id, order_id=order.id, actor=TESTS, now=now())


def _events(shop: Shop, kind: str) -> int:
    with scope.merchant(shop.id), reading():
        return Event.objects.filter(type=kind).count()


def test_a_paid_order_becomes_cards_and_gifts() -> None:
    shop = make_shop()
    order = make_fulfilled_order(shop, shop.wish(5000), shop.wish(2500, recipient_email="maja@example.com"))
    assert (order.status, order.paid_at is not None) == ("fulfilled", True)
    cards = [line.card for line in lines_of(order)]
    assert [(card.status, len(card.last4)) for card in cards] == [("active", 4)] * 2
    assert cards[0].code_hash != cards[1].code_hash
    assert {gift.card_id for gift in gifts_of(order)} == {card.id for card in cards}
    assert books() == {"processor:sandbox": -7000}
    assert credit_of("card", owner=shop.id) == 7500
    assert credit_of("pending", owner=shop.id) == -500


def test_the_fee_is_the_platforms() -> None:
    from giftwell.domain.catalog.models import Program

    shop = make_shop()
    with scope.merchant(shop.id), transaction():
        Program.objects.filter(pk=shop.product.program_id).update(buyer_fee_minor=75)
    make_fulfilled_order(shop)
    assert books() == {"processor:sandbox": -4575, "fees": 75}


def test_fulfilling_again_changes_nothing() -> None:
    shop = make_shop()
    order = make_fulfilled_order(shop)
    before = [(line.card.code_hash, line.card.activated_at) for line in lines_of(order)]
    assert _fulfil(order).fulfilled_at == order.fulfilled_at
    assert [(line.card.code_hash, line.card.activated_at) for line in lines_of(order)] == before
    assert (credit_of("card", owner=shop.id), len(gifts_of(order))) == (5000, 1)
    assert _events(shop, "order.fulfilled") == 1


def test_a_repeated_message_thaws_no_frozen_card() -> None:
    shop = make_shop()
    order = make_fulfilled_order(shop)
    (line,) = lines_of(order)
    freeze_card(
        merchant_id=shop.id, card_id=line.card_id, reason=FreezeReason.MERCHANT, actor=TESTS, now=now()
    )
    hear(payment_of(shop.id, order.id))
    _fulfil(order)
    assert lines_of(order)[0].card.status == "frozen"


@pytest.mark.parametrize("told", [None, NoticeKind.DECLINED, NoticeKind.EXPIRED])
def test_an_unpaid_order_is_never_fulfilled(told: NoticeKind | None) -> None:
    shop = make_shop()
    order = make_order(shop).order
    if told:
        hear(payment_of(shop.id, order.id), told)
    with pytest.raises(OrderIsNotPaid):
        _fulfil(order)
    assert lines_of(order)[0].card.code_hash is None


def test_a_mismatched_payment_fulfils_nothing() -> None:
    shop = make_shop()
    order = make_order(shop).order
    hear(payment_of(shop.id, order.id), amount=Money(1, "EUR"))
    with pytest.raises(OrderIsNotPaid):
        _fulfil(order)


def test_the_payment_of_another_order_fulfils_nothing() -> None:
    shop = make_shop()
    paid, _ = make_paid_order(shop)
    unpaid = make_order(shop).order
    with pytest.raises(OrderIsNotPaid):
        _fulfil(unpaid)
    assert _fulfil(paid).is_fulfilled


def test_another_merchants_order_is_unknown() -> None:
    ours, theirs = make_shop(), make_shop()
    order, _ = make_paid_order(theirs)
    with pytest.raises(UnknownOrder):
        fulfil_order(merchant_id=ours.id, order_id=order.id, actor=TESTS, now=now())
    assert fresh_order(order).is_pending


def test_a_paid_order_shows_that_it_is_on_its_way() -> None:
    shop = make_shop()
    order, _ = make_paid_order(shop)
    with scope.merchant(shop.id), reading():
        assert view_order(shop.id, order.id).state == "paid"
    _fulfil(order)
    with scope.merchant(shop.id), reading():
        view = view_order(shop.id, order.id)
    assert (view.state, view.lines[0].balance) == ("fulfilled", Money(5000, "EUR"))
    assert "/gift/" in view.lines[0].gift_link


def _expire(order: Order) -> Order:
    late = order.expires_at + timedelta(seconds=1)
    return expire_order(merchant_id=order.merchant_id, order_id=order.id, actor=TESTS, now=late)


def test_an_unpaid_order_ends_and_its_cards_with_it() -> None:
    shop = make_shop()
    order = make_order(shop).order
    assert _expire(order).status == "expired"
    card = lines_of(order)[0].card
    assert (card.status, card.close_reason, card.code_hash) == ("closed", "cancelled", None)
    assert _expire(order).ended_at == fresh_order(order).ended_at
    assert _events(shop, "order.expired") == 1


def test_an_order_has_a_day_to_be_paid() -> None:
    from giftwell.domain.orders.expire_order import OrderIsNotDue

    shop = make_shop()
    order = make_order(shop).order
    assert order.expires_at - order.placed_at == LIFETIME
    with pytest.raises(OrderIsNotDue):
        expire_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now())


def test_money_for_an_ended_order_goes_back_and_revives_nothing() -> None:
    shop = make_shop()
    order = make_order(shop).order
    payment = payment_of(shop.id, order.id)
    _expire(order)
    assert hear(payment) == "returned"
    with pytest.raises(OrderIsNotPaid):
        _fulfil(order)
    assert lines_of(order)[0].card.status == "closed"
    assert books() == {"processor:sandbox": -4500, "refunds_due": 4500}


def test_an_order_whose_money_is_there_does_not_end() -> None:
    shop = make_shop()
    order, _ = make_paid_order(shop)
    assert _expire(order).is_pending
    assert _fulfil(order).is_fulfilled


def test_a_fulfilled_order_does_not_end() -> None:
    shop = make_shop()
    order = make_fulfilled_order(shop)
    assert _expire(order).is_fulfilled
    assert lines_of(order)[0].card.status == "active"


def test_one_order_has_one_receipt() -> None:
    shop = make_shop()
    order = make_order(shop).order

    def send() -> bool:
        return send_receipt(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now())

    assert send() is False
    hear(payment_of(shop.id, order.id))
    _fulfil(order)
    assert [send(), send()] == [True, False]
    with scope.merchant(shop.id), reading():
        (message,) = Message.objects.filter(kind="receipt")
    assert "tomas@example.com" not in message.recipient_masked


def test_no_code_is_in_what_the_merchant_follows() -> None:
    from giftwell.domain.cards.reveal_code import reveal_code

    shop = make_shop()
    order = make_fulfilled_order(shop)
    (line,) = lines_of(order)
    code = reveal_code(merchant_id=shop.id, card_id=line.card_id, actor=TESTS, now=now())
    with scope.merchant(shop.id), reading():
        told = [repr(event) for event in Event.objects.values_list("data", "subject")]
        row = repr(Card.objects.filter(pk=line.card_id).values().get())
    assert code not in "".join(told)
    assert code not in row


def test_a_paid_order_that_nobody_fulfilled_is_found() -> None:
    shop = make_shop()
    order, _ = make_paid_order(shop)
    make_order(shop)
    make_fulfilled_order(shop)
    with scope.platform(), reading():
        assert orders_stuck(now()) == []
        assert orders_stuck(now() + timedelta(minutes=2)) == [(shop.id, order.id)]


def test_only_unpaid_orders_whose_time_is_over_are_due() -> None:
    shop = make_shop()
    order = make_order(shop).order
    make_fulfilled_order(shop)
    with scope.platform(), reading():
        assert orders_due(now()) == []
        assert orders_due(order.expires_at) == [(shop.id, order.id)]


@pytest.mark.parametrize("verb", [fulfil_order, expire_order, send_receipt, pay_order])
def test_no_verb_reaches_another_merchants_order(verb: Callable[..., object]) -> None:
    ours, theirs = make_shop(), make_shop()
    order = make_order(theirs).order
    with pytest.raises(UnknownOrder):
        verb(merchant_id=ours.id, order_id=order.id, actor=TESTS, now=order.expires_at)
    assert fresh_order(order).is_pending


def test_an_order_whose_time_is_over_has_no_page_to_pay() -> None:
    shop = make_shop()
    order = make_order(shop).order
    with pytest.raises(OrderIsOver):
        pay_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=order.expires_at)
