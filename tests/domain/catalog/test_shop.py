"""How a shop begins."""

import pytest
from django.db import IntegrityError

from giftwell.domain.catalog.create_program import ProgramNameIsTaken, create_program
from giftwell.domain.catalog.models import Brand, Design, Funding, Product, Program
from giftwell.domain.catalog.open_shop import open_shop
from giftwell.domain.catalog.rules import ProgramIsInvalid
from giftwell.domain.catalog.set_up_shop import set_up_shop
from giftwell.domain.ledger.models import Account
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import PLATFORM, scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from tests.factories.catalog import escrow_of, make_program, make_shop, promo_of
from tests.factories.identity import TESTS, make_merchant, make_person, twin_of

pytestmark = pytest.mark.django_db


def test_a_new_shop_has_a_brand_two_programs_four_designs_and_nothing_to_sell() -> None:
    merchant = make_shop()
    with scope.merchant(merchant.id), reading():
        assert Brand.objects.filter(merchant=merchant).count() == 1
        assert Design.objects.filter(merchant=merchant).count() == 4
        assert not Product.objects.filter(merchant=merchant).exists()
        fundings = set(Program.objects.filter(merchant=merchant).values_list("funding", "currency"))
    assert fundings == {("escrow", "EUR"), ("promo", "EUR")}


def test_setting_a_shop_up_twice_changes_nothing() -> None:
    merchant = make_shop()
    assert set_up_shop(merchant=merchant, actor=TESTS, now=now()) == escrow_of(merchant)
    with scope.merchant(merchant.id), reading():
        assert Program.objects.filter(merchant=merchant).count() == 2
        assert Design.objects.filter(merchant=merchant).count() == 4


def test_a_shop_opens_with_its_twin() -> None:
    merchant = open_shop(
        name="Lido",
        owner=make_person(),
        country="JP",
        currency="JPY",
        time_zone="Asia/Tokyo",
        actor=TESTS,
        now=now(),
    )
    live, twin = escrow_of(merchant), escrow_of(twin_of(merchant))
    assert live != twin
    assert (live.min_value_minor, live.max_value_minor) == (500, 50_000)


def test_programs_of_one_currency_share_the_merchants_accounts() -> None:
    merchant = make_shop()
    escrow, promo, other = escrow_of(merchant), promo_of(merchant), escrow_of(make_shop())
    assert escrow.pending_account_id == promo.pending_account_id
    assert escrow.pending_account_id != other.pending_account_id
    assert escrow.commission_account_id == other.commission_account_id
    assert escrow.issued_account_id is None
    assert promo.issued_account_id is not None


def test_a_program_names_accounts_of_its_merchant_and_currency() -> None:
    merchant = make_shop()
    program = make_program(merchant, funding="direct", currency="SEK")
    with scope.platform(), reading():
        accounts = {account.id: account for account in Account.objects.all()}
    wanted = {
        program.pending_account_id: (merchant.id, "pending"),
        program.commission_account_id: (PLATFORM, "commission"),
        program.issued_account_id: (merchant.id, "issued"),
    }
    for account_id, (owner, kind) in wanted.items():
        account = accounts[account_id]  # type: ignore[index]
        assert (account.merchant_id, account.kind, account.currency) == (owner, kind, "SEK")


def test_two_programs_of_one_name_are_refused() -> None:
    merchant = make_shop()
    with pytest.raises(ProgramNameIsTaken):
        make_program(merchant, name="Gift cards")


def test_an_unsound_program_is_refused_and_opens_no_account() -> None:
    merchant = make_merchant()
    with pytest.raises(ProgramIsInvalid):
        make_program(merchant, currency="XYZ")
    with scope.platform(), reading():
        assert not Account.objects.filter(merchant_id=merchant.id).exists()


def test_a_suspended_merchant_gets_no_program() -> None:
    merchant = make_shop()
    merchant.status = Merchant.Status.SUSPENDED
    with pytest.raises(MerchantIsSuspended):
        create_program(
            merchant=merchant,
            name="Late",
            currency="EUR",
            funding=Funding.PROMO,
            min_value_minor=1,
            max_value_minor=2,
            commission_bps=0,
            actor=TESTS,
            now=now(),
        )


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "SEK"},
        {"funding": "promo", "issued_account_id": 1},
        {"pending_account_id": 1},
        {"commission_account_id": 1},
    ],
)
def test_the_database_keeps_what_sold_cards_rely_on(change: dict[str, object]) -> None:
    merchant = make_shop()
    program = escrow_of(merchant)
    with pytest.raises(IntegrityError, match="keeps its"), scope.merchant(merchant.id), transaction():
        Program.objects.filter(id=program.id).update(**change)
