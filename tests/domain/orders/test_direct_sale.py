"""Cards of a direct program: the merchant gets the money at the sale and owes the value, we the commission.

Law 9 after each step: what the cards hold is what the merchant has issued.
"""

import pytest

from giftwell.domain.cards.close_card import CardHasBalance, close_card
from giftwell.domain.cards.replace_card import replace_card
from giftwell.domain.cards.split_card import split_card
from giftwell.domain.ledger.verify import verify
from giftwell.domain.orders.models import Order, OrderRefund
from giftwell.domain.orders.refund_order_card import refund_order_card
from giftwell.domain.orders.refunds import NothingToRefund
from giftwell.domain.redemption.redeem import redeem
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import credit_of
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.factories.catalog import make_product, make_program
from tests.factories.catalog import make_shop as make_bare_shop
from tests.factories.orders import TESTS, Shop, lines_of, make_fulfilled_order

pytestmark = pytest.mark.django_db


def _shop(**rules: object) -> Shop:
    merchant = make_bare_shop()
    program = make_program(merchant, funding="direct", **{"commission_bps": 250, **rules})
    return Shop(merchant, make_product(merchant, program=program))


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


def _spend(order: Order, amount_minor: int) -> None:
    (line,) = lines_of(order)
    redeem(
        merchant_id=order.merchant_id, code=code_of(line.card), amount=Money(amount_minor, "EUR"),
        key=f"s-{amount_minor}", actor=TESTS, now=now(),
    )  # fmt: skip


def _stands(order: Order) -> dict[str, int]:
    """What the books say of the order's merchant, checked by every law on the way."""
    assert verify() == []
    (line,) = lines_of(order)
    mine = {kind: credit_of(kind, owner=order.merchant_id) for kind in ("pending", "issued", "receivable")}
    ours = {kind: credit_of(kind) for kind in ("unapplied", "refunds_due", "commission", "fees")}
    found = {"card": balance_minor(line.card), **mine, **ours}
    return {kind: total for kind, total in found.items() if total}


def test_the_merchant_earns_the_price_at_the_sale_and_owes_the_value() -> None:
    order = make_fulfilled_order(_shop(buyer_fee_minor=150))
    # 50.00 for 48.00, 2.5 % of what was paid, and the buyer's fee.
    assert _stands(order) == {"card": 5000, "issued": -5000, "pending": 4680, "commission": 120, "fees": 150}
    assert lines_of(order)[0].commission_minor == 120


def test_spending_it_takes_no_second_commission() -> None:
    order = make_fulfilled_order(_shop())
    _spend(order, 2000)
    assert _stands(order) == {"card": 3000, "issued": -3000, "pending": 4680, "commission": 120}


def test_a_full_refund_gives_back_all_that_was_taken() -> None:
    order = make_fulfilled_order(_shop())
    assert _refund(order).amount_minor == 4800
    assert _stands(order) == {"refunds_due": 4800}
    assert lines_of(order)[0].card.close_reason == "refunded"


def test_parts_give_back_the_commission_exactly_in_the_end() -> None:
    order = make_fulfilled_order(_shop(commission_bps=333, commission_fixed_minor=7))
    taken = lines_of(order)[0].commission_minor
    assert taken == 167
    # The merchant's discount of 2.00 goes back first.
    assert _refund(order, 1001).amount_minor == 801
    assert _stands(order)["commission"] == taken - 28
    _refund(order, 1, key="r-2")
    _refund(order, key="r-3")
    assert _stands(order) == {"refunds_due": 4800}


def test_what_was_spent_stays_earned() -> None:
    order = make_fulfilled_order(_shop())
    _spend(order, 4900)
    with pytest.raises(NothingToRefund):
        _refund(order)
    assert _stands(order) == {"card": 100, "issued": -100, "pending": 4680, "commission": 120}


def test_a_sold_card_is_not_closed_with_money_on_it() -> None:
    order = make_fulfilled_order(_shop())
    (line,) = lines_of(order)
    with pytest.raises(CardHasBalance):
        close_card(merchant_id=order.merchant_id, card_id=line.card_id, actor=TESTS, now=now())


def test_a_card_that_the_merchant_was_paid_for_itself_owes_us_the_commission() -> None:
    merchant = make_bare_shop()
    program = make_program(merchant, funding="direct", commission_bps=250)
    card = make_promo_card(merchant, 5000, program=program)
    assert balance_minor(card) == 5000
    found = {kind: credit_of(kind, owner=merchant.id) for kind in ("issued", "receivable", "pending")}
    assert found == {"issued": -5000, "receivable": -125, "pending": 0}
    assert credit_of("commission") == 125
    assert verify() == []


def test_what_carries_on_a_sold_card_is_not_closed_with_value_either() -> None:
    order = make_fulfilled_order(_shop())
    (line,) = lines_of(order)
    common = {"merchant_id": order.merchant_id, "actor": TESTS, "now": now()}
    moved = replace_card(card_id=line.card_id, key="lost", **common)
    part = split_card(card_id=moved.target_id, amounts_minor=[1000], key="part", **common).parts[0].card
    for card_id in (moved.target_id, part.id):
        with pytest.raises(CardHasBalance):
            close_card(card_id=card_id, **common)
