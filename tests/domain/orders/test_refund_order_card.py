"""A buyer gets back what is unspent, once, and never more than was paid."""

from collections.abc import Callable

import pytest

from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import FreezeReason
from giftwell.domain.cards.refusals import CardIsClosed, CardIsPending
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.ledger.refusals import CauseConflict
from giftwell.domain.orders.models import Order, OrderRefund
from giftwell.domain.orders.refund_order_card import (
    CardIsExpired,
    CardIsFrozen,
    UnknownOrderCard,
    refund_order_card,
)
from giftwell.domain.orders.refunds import NothingToRefund, RefundExceedsUnspent, RefundIsInvalid
from giftwell.domain.payments.processor import Button
from giftwell.domain.payments.send_refund import send_refund
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.idempotency.once import KeyConflict
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import books, credit_of
from tests.factories.orders import (
    TESTS,
    Shop,
    lines_of,
    make_fulfilled_order,
    make_order,
    make_shop,
)
from tests.factories.payments import fresh, payment_of, press, refunds_of

pytestmark = pytest.mark.django_db

type Refund = Callable[..., OrderRefund]


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def order(shop: Shop) -> Order:
    """A card of 50.00 sold for 45.00."""
    return make_fulfilled_order(shop)


def _refund(order: Order, value_minor: int | None = None, key: str = "r-1") -> OrderRefund:
    (line,) = lines_of(order)
    return refund_order_card(
        merchant_id=order.merchant_id,
        line_id=line.id,
        key=key,
        value_minor=value_minor,
        actor=TESTS,
        now=now(),
    ).refund


def _spend(order: Order, minor: int) -> None:
    (line,) = lines_of(order)
    code = reveal_code(merchant_id=order.merchant_id, card_id=line.card_id, actor=TESTS, now=now())
    redeem(
        merchant_id=order.merchant_id,
        code=code,
        amount=Money(minor, "EUR"),
        key=f"spend-{minor}",
        actor=TESTS,
        now=now(),
    )


def test_an_unspent_card_goes_back_whole(shop: Shop, order: Order) -> None:
    refund = _refund(order)
    assert (refund.value_minor, refund.discount_minor, refund.amount) == (5000, 500, Money(4500, "EUR"))
    card = lines_of(order)[0].card
    assert (card.status, card.close_reason) == ("closed", "refunded")
    assert (credit_of("card", owner=shop.id), credit_of("pending", owner=shop.id)) == (0, 0)
    assert books() == {"processor:sandbox": -4500, "refunds_due": 4500}


def test_the_money_leaves_through_the_gateway_that_took_it(shop: Shop, order: Order) -> None:
    payment = payment_of(shop.id, order.id)
    press(payment, Button.PAY)
    refund = _refund(order)
    send_refund(merchant_id=shop.id, refund_id=refund.pk, actor=TESTS, now=now())
    assert books() == {}
    (paid_back,) = refunds_of(payment)
    assert (paid_back.public_id, paid_back.status) == (refund.public_id, "refunded")


def test_what_is_spent_stays_spent(shop: Shop, order: Order) -> None:
    _spend(order, 1000)
    assert _refund(order).amount_minor == 3500
    assert credit_of("card", owner=shop.id) == 0
    # 10.00 spent: 9.50 to the merchant, 0.50 commission; the discount of 5.00 came and went.
    assert credit_of("pending", owner=shop.id) == 950
    assert books() == {"processor:sandbox": -4500, "refunds_due": 3500, "commission": 50}


def test_a_part_leaves_the_rest_to_spend(shop: Shop, order: Order) -> None:
    assert _refund(order, 2000).amount_minor == 1500
    assert lines_of(order)[0].card.status == "active"
    assert credit_of("card", owner=shop.id) == 3000
    assert _refund(order, key="r-2").amount_minor == 3000
    assert lines_of(order)[0].card.status == "closed"
    assert fresh(payment_of(shop.id, order.id)).refunded_minor == 4500


def test_a_repeated_refund_says_that_it_is_one(order: Order) -> None:
    (line,) = lines_of(order)
    done = [
        refund_order_card(merchant_id=order.merchant_id, line_id=line.id, key="k", actor=TESTS, now=now())
        for _ in range(2)
    ]
    assert [one.is_replay for one in done] == [False, True]


def test_a_key_that_spent_refunds_nothing(shop: Shop, order: Order) -> None:
    _spend(order, 1000)
    with pytest.raises(CauseConflict):
        _refund(order, key="spend-1000")
    assert credit_of("card", owner=shop.id) == 4000


def test_the_same_key_refunds_once(shop: Shop, order: Order) -> None:
    first, second = _refund(order, 2000), _refund(order, 2000)
    assert first.pk == second.pk
    assert credit_of("card", owner=shop.id) == 3000
    assert len(refunds_of(payment_of(shop.id, order.id))) == 1


def test_the_same_key_for_another_amount_is_refused(order: Order) -> None:
    _refund(order, 2000)
    with pytest.raises(KeyConflict) as refused:
        _refund(order, 1000)
    assert list(refused.value.errors) == ["amount_minor"]


def test_a_second_refund_of_the_same_money_is_refused(order: Order) -> None:
    _refund(order)
    with pytest.raises(CardIsClosed):
        _refund(order, key="r-2")


def test_more_than_is_left_is_refused(shop: Shop, order: Order) -> None:
    _spend(order, 1000)
    with pytest.raises(RefundExceedsUnspent):
        _refund(order, 4001)
    with pytest.raises(RefundIsInvalid):
        _refund(order, 0)
    assert books() == {"processor:sandbox": -4500, "commission": 50}
    assert _refund(order, 4000).amount_minor == 3500


def test_a_payer_who_spent_what_they_paid_gets_nothing(shop: Shop, order: Order) -> None:
    _spend(order, 4600)
    with pytest.raises(NothingToRefund):
        _refund(order)
    assert credit_of("card", owner=shop.id) == 400


def test_a_frozen_card_is_not_refunded(shop: Shop, order: Order) -> None:
    (line,) = lines_of(order)
    freeze_card(
        merchant_id=shop.id, card_id=line.card_id, reason=FreezeReason.DISPUTE, actor=TESTS, now=now()
    )
    with pytest.raises(CardIsFrozen):
        _refund(order)
    assert credit_of("card", owner=shop.id) == 5000


def test_an_expired_cards_value_is_no_longer_the_holders(shop: Shop, order: Order) -> None:
    (line,) = lines_of(order)
    assert line.card.expires_at is not None
    with pytest.raises(CardIsExpired):
        refund_order_card(
            merchant_id=shop.id, line_id=line.id, key="r-1", actor=TESTS, now=line.card.expires_at
        )


def test_an_unpaid_card_is_not_refunded(shop: Shop) -> None:
    order = make_order(shop).order
    with pytest.raises(CardIsPending):
        _refund(order)
    assert books() == {}


def test_another_merchants_order_card_is_unknown(order: Order) -> None:
    (line,) = lines_of(order)
    with pytest.raises(UnknownOrderCard):
        refund_order_card(merchant_id=make_shop().id, line_id=line.id, key="r-1", actor=TESTS, now=now())


def test_the_buyers_fee_is_kept(shop: Shop) -> None:
    from giftwell.domain.catalog.models import Program
    from giftwell.foundation.tenancy import scope
    from giftwell.foundation.tenancy.transactions import transaction

    with scope.merchant(shop.id), transaction():
        Program.objects.filter(pk=shop.product.program_id).update(buyer_fee_minor=75)
    assert _refund(make_fulfilled_order(shop)).amount_minor == 4500
    assert books() == {"processor:sandbox": -4575, "refunds_due": 4500, "fees": 75}


def test_refunding_one_card_of_an_order_leaves_the_others(shop: Shop) -> None:
    order = make_fulfilled_order(shop, shop.wish(2500), shop.wish(2500))
    first, _ = lines_of(order)
    refund_order_card(merchant_id=shop.id, line_id=first.id, key="r-1", actor=TESTS, now=now())
    assert [line.card.status for line in lines_of(order)] == ["closed", "active"]
    assert fresh(payment_of(shop.id, order.id)).refunded_minor == 2500
