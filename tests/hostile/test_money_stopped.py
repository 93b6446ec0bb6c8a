"""Money, sixth part: what must stay stopped, and what nobody paid for."""

from typing import Any

import pytest

from giftwell.domain.cards.close_card import CardHasBalance, close_card
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.issue_cards import ProgramNeedsPayment
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.orders.expire_order import expire_order
from giftwell.domain.orders.fulfil_order import fulfil_order
from giftwell.domain.payments.gateway import NoticeKind
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.issue import issue as issue_command
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.domain.books import books, credit_of
from tests.factories.cards import balance_minor, code_of, make_promo_card, make_sold_card, read
from tests.factories.catalog import escrow_of, make_program
from tests.factories.catalog import make_shop as make_bare_shop
from tests.factories.identity import TESTS
from tests.factories.orders import (
    Shop,
    lines_of,
    make_fulfilled_order,
    make_order,
    make_paid_order,
    make_shop,
)
from tests.factories.payments import body_of, headers_for, hear, make_notice, payment_of
from tests.hostile.ground import DOORS, browser_of, hook, run, spend, written
from tests.interfaces.api.caller import caller_for, refused
from tests.interfaces.console.conftest import owner_of


def _freeze(card: Card, reason: FreezeReason = FreezeReason.RISK) -> None:
    freeze_card(merchant_id=card.merchant_id, card_id=card.id, reason=reason, actor=TESTS, now=now())


def _sold(shop: Shop) -> tuple[Any, Card]:
    order = make_fulfilled_order(shop)
    return order, lines_of(order)[0].card


@pytest.mark.line("money-6")
def test_a_refunded_card_stays_closed_whatever_comes_late(db: None) -> None:
    shop = make_shop()
    order, card = _sold(shop)
    (line,) = lines_of(order)
    api = caller_for(shop.merchant)
    assert api.post("refunds", {"order_card": line.public_id}).status_code == 201
    before = books()
    payment = payment_of(shop.id, order.id)
    body = body_of(make_notice(payment))
    for _ in range(2):
        assert hook(body, headers_for(body)).status_code == 200
    fulfil_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now())
    assert api.put(f"cards/{card.public_id}/freeze").status_code == 409
    assert api.delete(f"cards/{card.public_id}/freeze").status_code == 409
    assert written(shop.merchant, "update cards_card set status = 'active', close_reason = '', "
                                  "closed_at = null where id = %s", card.id) == -1  # fmt: skip
    assert (read(card).status, balance_minor(card), books()) == ("closed", 0, before)


@pytest.mark.line("money-6")
@pytest.mark.parametrize("door", DOORS)
def test_a_frozen_or_closed_card_is_spent_at_no_door(own_database: OwnDatabase, door: str) -> None:
    merchant = make_bare_shop()
    frozen, closed = make_promo_card(merchant, 5000), make_promo_card(merchant, 5000)
    codes = [code_of(frozen), code_of(closed)]
    _freeze(frozen)
    close_card(merchant_id=merchant.id, card_id=closed.id, actor=TESTS, now=now())
    for code in codes:
        spend(door, own_database, merchant, code, 100)
    assert (balance_minor(frozen), balance_minor(closed)) == (5000, 0)
    assert credit_of("issued", owner=merchant.id) == -5000


@pytest.mark.line("money-6")
def test_a_freeze_is_lifted_by_no_late_notice_and_by_nobody_elses_reason(db: None) -> None:
    shop = make_shop()
    order, card = _sold(shop)
    _freeze(card)
    hear(payment_of(shop.id, order.id))
    fulfil_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now())
    caller_for(shop.merchant).delete(f"cards/{card.public_id}/freeze")
    desk = browser_of(owner_of(shop.merchant))
    desk.post(f"/console/{shop.merchant.slug}/cards/{card.public_id}/unfreeze/")
    assert read(card).status == "frozen"


@pytest.mark.line("money-6")
@pytest.mark.parametrize("kind", [NoticeKind.PAID, NoticeKind.DECLINED])
def test_an_order_that_ended_makes_no_card_when_its_payment_comes_late(db: None, kind: NoticeKind) -> None:
    shop = make_shop()
    order = make_order(shop).order
    expire_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=order.expires_at)
    hear(payment_of(shop.id, order.id), kind)
    (line,) = lines_of(order)
    assert (line.card.status, line.card.code_hash) == ("closed", None)
    assert books().get("unapplied", 0) == 0


@pytest.mark.line("money-6")
def test_a_disputed_card_stays_stopped() -> None:
    pytest.skip("comes with disputes: a card frozen by a dispute, and the processor's late words about it")


@pytest.mark.line("money-7")
def test_a_merchant_cannot_issue_sold_cards_without_a_payment(db: None) -> None:
    merchant = make_bare_shop()
    program = escrow_of(merchant)
    body = {"program": program.public_id, "value": {"amount_minor": 5000, "currency": "EUR"}}
    refused(caller_for(merchant).post("cards", body), 409, "program_needs_payment")
    words = ("--merchant", merchant.slug, "--program", program.public_id, "--value", "50")
    assert isinstance(run(issue_command, *words), ProgramNeedsPayment)
    form = {"key": "issue-" + "a" * 32, "program": program.public_id, "value": "50", "count": "1"}
    assert (
        browser_of(owner_of(merchant)).post(f"/console/{merchant.slug}/cards/issue/", form).status_code == 200
    )
    with scope.merchant(merchant.id), reading():
        assert not Card.objects.exists()


@pytest.mark.line("money-7")
@pytest.mark.parametrize("door", DOORS)
def test_spending_what_the_merchant_gave_away_owes_the_merchant_nothing(
    own_database: OwnDatabase, door: str
) -> None:
    merchant = make_bare_shop()
    for funding in ("promo", "direct"):
        card = make_promo_card(merchant, 5000, program=make_program(merchant, funding=funding))
        spend(door, own_database, merchant, code_of(card), 5000)
        assert balance_minor(card) == 0
    assert credit_of("pending", owner=merchant.id) == 0
    assert credit_of("payable", owner=merchant.id) == 0


@pytest.mark.line("money-7")
def test_a_merchant_who_sells_for_a_cent_is_owed_a_cent_and_closing_makes_no_money(db: None) -> None:
    shop = make_shop(values=((5000, 1),))
    order, _ = make_paid_order(shop)
    fulfil_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now())
    card = lines_of(order)[0].card
    with pytest.raises(CardHasBalance):
        close_card(merchant_id=shop.id, card_id=card.id, actor=TESTS, now=now())
    caller_for(shop.merchant).post(
        "redemptions", {"code": code_of(card), "amount_minor": 5000, "currency": "EUR"}
    )
    assert credit_of("pending", owner=shop.id) + credit_of("commission") == 1


@pytest.mark.line("money-7")
def test_an_edited_program_pays_no_merchant(db: None) -> None:
    merchant = make_bare_shop()
    card = make_sold_card(merchant, 5000)
    for change in (
        "funding = 'promo'",
        "pending_account_id = 1",
        "issued_account_id = 1",
        "currency = 'USD'",
    ):
        assert written(merchant, f"update catalog_program set {change} where id = %s", card.program_id) == -1


@pytest.mark.line("money-7")
def test_nothing_unpaid_is_ever_paid_out() -> None:
    pytest.skip("comes with payouts: no payout of value that a payment did not bring")
