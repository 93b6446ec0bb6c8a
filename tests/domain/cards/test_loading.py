"""A merchant puts more onto a card that it owes itself; what is sold is loaded by a payment only."""

import pytest

from giftwell.domain.cards.caps import ExceedsIssueLimit, ExceedsMaxBalance
from giftwell.domain.cards.events import CardLoaded
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.issue_cards import ProgramNeedsPayment
from giftwell.domain.cards.load_card import load_card
from giftwell.domain.cards.loading import Loaded
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.cards.queries import history_of
from giftwell.domain.cards.refusals import CardIsFrozen, ValueIsOutOfBounds
from giftwell.domain.ledger.refusals import WrongCurrency
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import credit_of
from tests.domain.racing import together
from tests.factories.cards import balance_minor, make_promo_card, make_sold_card, read
from tests.factories.catalog import make_program, make_shop
from tests.factories.identity import TESTS


@pytest.fixture
def shop(db) -> Merchant:
    return make_shop()


def load(card: Card, amount_minor: int = 2000, *, key: str = "l1", currency: str = "EUR") -> Loaded:
    return load_card(
        merchant_id=card.merchant_id, card_id=card.id, amount=Money(amount_minor, currency), key=key,
        actor=TESTS, now=now(),
    )  # fmt: skip


def test_a_given_card_takes_more_once_for_a_key(shop: Merchant) -> None:
    card = make_promo_card(shop, 5000)

    first = load(card)
    load(card, key="l2")
    again = load(card)

    assert (first.balance, again.balance) == (Money(7000, "EUR"), Money(7000, "EUR"))
    assert (again.is_replay, again.posting_id) == (True, first.posting_id)
    assert balance_minor(card) == 9000
    assert credit_of("issued", owner=shop.id) == -9000
    with scope.merchant(shop.id), reading():
        told = history_of(card).filter(type=CardLoaded.TYPE)
        assert [event.data["balance_minor"] for event in told] == [7000, 9000]
    assert verify() == []


def test_what_is_sold_is_not_given(shop: Merchant) -> None:
    card = make_sold_card(shop)

    with pytest.raises(ProgramNeedsPayment):
        load(card)

    assert balance_minor(card) == 5000
    with scope.platform(), reading():
        row = AuditRow.objects.get(action=CardLoaded.TYPE, outcome="refused")
    assert (row.reason, row.subject) == ("program_needs_payment", card.public_id)


def test_a_direct_card_loaded_by_the_merchant_owes_the_commission(shop: Merchant) -> None:
    program = make_program(shop, funding="direct", commission_bps=250)
    card = make_promo_card(shop, 4000, program=program)

    load(card, 2000)

    assert -credit_of("receivable", owner=shop.id) == 150 == credit_of("commission")
    assert verify() == []


def test_a_load_keeps_to_the_limits_of_the_program(shop: Merchant) -> None:
    rules = {"funding": "promo", "min_value_minor": 500, "max_value_minor": 6000}
    program = make_program(shop, max_balance_minor=9000, max_issue_per_day_minor=9500, **rules)
    card = make_promo_card(shop, 5000, program=program)

    for amount_minor, error in (
        (499, ValueIsOutOfBounds),
        (6001, ValueIsOutOfBounds),
        (0, ValueIsOutOfBounds),
        (-500, ValueIsOutOfBounds),
        (4001, ExceedsMaxBalance),
    ):
        with pytest.raises(error):
            load(card, amount_minor)
    load(card, 4000)
    with pytest.raises(ExceedsIssueLimit):
        load(make_promo_card(shop, 500, program=program), 501, key="l2")
    assert verify() == []


def test_a_load_makes_the_card_last_as_long_as_a_new_one_and_never_shorter(shop: Merchant) -> None:
    program = make_program(shop, funding="promo", validity_days=90)
    card, lasting = make_promo_card(shop, program=program), make_promo_card(shop)
    before = read(lasting).expires_at

    load(card)
    load(lasting, key="l2")

    assert read(card).expires_at == read(make_promo_card(shop, program=program)).expires_at
    assert before is None or read(lasting).expires_at >= before


def test_only_an_open_card_of_the_merchant_in_its_currency_is_loaded(shop: Merchant) -> None:
    card, theirs = make_promo_card(shop), make_promo_card(make_shop())

    with pytest.raises(WrongCurrency):
        load(card, currency="GBP")
    with pytest.raises(CardNotFound):
        load_card(
            merchant_id=shop.id, card_id=theirs.id, amount=Money(1000, "EUR"), key="x", actor=TESTS, now=now()
        )
    freeze_card(merchant_id=shop.id, card_id=card.id, reason=FreezeReason.MERCHANT, actor=TESTS, now=now())
    with pytest.raises(CardIsFrozen):
        load(card)


def test_loads_at_once_never_fill_a_card_beyond_its_cap(own_database) -> None:
    shop = make_shop()
    program = make_program(shop, funding="promo", max_balance_minor=100_000)
    card = make_promo_card(shop, 50_000, program=program)

    answers = together(*(lambda key=f"l{i}": load(card, 30_000, key=key) for i in range(3)))

    assert sum(isinstance(answer, Loaded) for answer in answers) == 1
    assert balance_minor(card) == 80_000
    assert verify() == []
