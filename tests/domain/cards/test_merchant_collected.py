"""Direct cards that the merchant was paid for itself: it owes its holder the value, and us the commission."""

import psycopg
import pytest

from giftwell.domain.cards.load_card import load_card
from giftwell.domain.cards.models import Card
from giftwell.domain.ledger.verify import verify
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.database import OwnDatabase
from tests.domain.books import credit_of
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.factories.catalog import make_program, make_shop
from tests.factories.identity import TESTS

TERMS = {"commission_bps": 250, "commission_fixed_minor": 10}


def _card(merchant: Merchant) -> Card:
    return make_promo_card(merchant, 5000, program=make_program(merchant, funding="direct", **TERMS))


def _stands(merchant: Merchant) -> dict[str, int]:
    found = {
        kind: credit_of(kind, owner=merchant.id) for kind in ("receivable", "issued", "pending", "payable")
    }
    return {kind: total for kind, total in {**found, "commission": credit_of("commission")}.items() if total}


@pytest.mark.django_db
def test_the_merchant_owes_the_commission_when_the_card_is_issued_and_never_again() -> None:
    merchant = make_shop()
    card = _card(merchant)
    assert _stands(merchant) == {"receivable": -135, "issued": -5000, "commission": 135}
    redeem(
        merchant_id=merchant.id,
        code=code_of(card),
        amount=Money(2000, "EUR"),
        key="s",
        actor=TESTS,
        now=now(),
    )
    assert _stands(merchant) == {"receivable": -135, "issued": -3000, "commission": 135}
    assert verify() == []


@pytest.mark.django_db
def test_each_load_that_the_merchant_collected_owes_its_own_commission() -> None:
    merchant = make_shop()
    card = _card(merchant)
    for _ in range(2):
        load_card(
            merchant_id=merchant.id,
            card_id=card.id,
            amount=Money(1000, "EUR"),
            key="l",
            actor=TESTS,
            now=now(),
        )
    assert balance_minor(card) == 6000
    assert _stands(merchant) == {"receivable": -170, "issued": -6000, "commission": 170}
    assert verify() == []


@pytest.mark.django_db
def test_value_given_away_owes_no_commission() -> None:
    merchant = make_shop()
    make_promo_card(merchant)
    assert _stands(merchant) == {"issued": -5000}


def test_a_receivable_that_owes_the_merchant_is_a_broken_law(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    _card(merchant)
    with psycopg.connect(own_database.admin_url) as admin:
        admin.execute("set session_replication_role = replica")
        turned = admin.execute(
            """update ledger_transfer set debit_id = credit_id, credit_id = debit_id
               where debit_id in (select id from ledger_account where kind = 'receivable')"""
        )
        assert turned.rowcount == 1
    found = [(breach.law, breach.says) for breach in verify(of={"ledger"})]
    assert (8, "a receivable is what a merchant owes, and never what it is owed") in found
