"""The figures of a console's first page are the books themselves."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.issue_cards import issue_cards
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.catalog.models import Program
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.redeem import redeem
from giftwell.domain.redemption.refund import refund
from giftwell.domain.redemption.reverse import reverse
from giftwell.domain.reports.home import HomeFigures, home_figures
from giftwell.domain.reports.liability import liability, owed_by_age, owed_in
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import credit_of
from tests.factories.cards import code_of, make_promo_card, make_sold_card
from tests.factories.catalog import make_program, make_shop, promo_of
from tests.factories.identity import TESTS
from tests.factories.orders import make_fulfilled_order, make_order
from tests.factories.orders import make_shop as make_selling_shop

pytestmark = pytest.mark.django_db

DUBLIN = ZoneInfo("Europe/Dublin")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=DUBLIN)


def _figures(merchant: Merchant, at: datetime = NOON, *, days: int = 30) -> HomeFigures:
    with scope.merchant(merchant.id), reading():
        return home_figures(merchant, at, days=days)


def _give(program: Program, value_minor: int, at: datetime, key: str) -> Card:
    batch = issue_cards(program=program, value_minor=value_minor, key=key, actor=TESTS, now=at)
    return batch.cards[0]


def _spend(card: Card, amount_minor: int, at: datetime, key: str) -> UUID:
    answer = redeem(
        merchant_id=card.merchant_id,
        code=code_of(card),
        amount=Money(amount_minor, card.currency),
        key=key,
        actor=TESTS,
        now=at,
    )
    return answer.id


def test_an_empty_shop_owes_nothing_and_shows_every_day() -> None:
    figures = _figures(make_shop(), days=7)
    assert figures.owed.outstanding == Money(0, "EUR")
    assert [day.day.isoformat() for day in figures.days][0::6] == ["2026-11-18", "2026-11-24"]
    assert figures.sold == figures.redeemed == Money(0, "EUR")
    assert [band.cards for band in figures.by_age] == [0, 0, 0, 0]


def test_what_is_owed_equals_the_card_accounts() -> None:
    merchant, other = make_shop(), make_shop()
    sold, given = make_sold_card(merchant, 5000), make_promo_card(merchant, 2000)
    make_promo_card(other, 9900)
    _spend(sold, 1200, NOON, "a")
    _spend(given, 2000, NOON, "b")
    figures = _figures(merchant)
    assert figures.owed.outstanding == Money(3800, "EUR")
    assert figures.owed.outstanding.amount_minor == credit_of("card", owner=merchant.id)
    assert figures.owed.cards == 1


def test_held_and_frozen_value_is_still_the_holders() -> None:
    merchant = make_shop()
    card = make_promo_card(merchant, 5000)
    authorize(
        merchant_id=merchant.id, code=code_of(card), amount=Money(1500, "EUR"), key="hold",
        expires_in_seconds=600, actor=TESTS, now=NOON,
    )  # fmt: skip
    freeze_card(merchant_id=merchant.id, card_id=card.id, reason=FreezeReason.RISK, actor=TESTS, now=NOON)
    owed = _figures(merchant).owed
    assert (owed.outstanding, owed.held) == (Money(5000, "EUR"), Money(1500, "EUR"))


def test_currencies_are_never_added() -> None:
    merchant = make_shop()
    make_promo_card(merchant, 1000)
    _give(make_program(merchant, funding="promo", currency="SEK"), 70_000, NOON, "sek")
    figures = _figures(merchant)
    assert figures.owed.outstanding == Money(1000, "EUR")
    assert [one.outstanding for one in figures.elsewhere] == [Money(70_000, "SEK")]


def test_what_is_owed_is_split_by_age_and_funding_without_a_cent_lost() -> None:
    merchant = make_shop()
    program = promo_of(merchant)
    for number, days in enumerate((0, 29, 31, 91, 366)):
        _give(program, 1000 + number, NOON - timedelta(days=days), f"age{number}")
    make_sold_card(merchant, 5000)
    with scope.merchant(merchant.id), reading():
        slices = liability(merchant.id, NOON)
    ages = {band.label: band.outstanding.amount_minor for band in owed_by_age(slices, "EUR")}
    assert ages["under_90_days"] == 1002
    assert ages["under_a_year"] == 1003
    assert ages["older"] == 1004
    assert sum(ages.values()) == owed_in(slices, "EUR").outstanding.amount_minor
    shares = {share.label: share.outstanding.amount_minor for share in _figures(merchant).by_funding}
    assert shares == {"escrow": 5000, "promo": 5010}


def test_a_days_figures_are_the_merchants_day() -> None:
    merchant = make_shop()
    card = make_promo_card(merchant, 5000)
    midnight = datetime(2026, 11, 24, 0, 0, tzinfo=DUBLIN)
    _spend(card, 100, midnight - timedelta(seconds=1), "late")
    _spend(card, 250, midnight, "early")
    _spend(card, 350, NOON, "noon")
    figures = _figures(merchant, days=2)
    yesterday, today = figures.days
    assert (yesterday.redeemed, yesterday.redemptions) == (Money(100, "EUR"), 1)
    assert (today.redeemed, today.redemptions) == (Money(600, "EUR"), 2)
    assert figures.today == today
    assert figures.redeemed == Money(700, "EUR")
    assert _figures(merchant, NOON - timedelta(days=1), days=1).redeemed == Money(100, "EUR")


def test_a_refund_is_a_figure_of_its_own_day() -> None:
    merchant = make_shop()
    card = make_promo_card(merchant, 5000)
    spent = _spend(card, 1000, NOON - timedelta(days=1), "spent")
    refund(merchant_id=merchant.id, redemption_id=spent, amount_minor=400, key="back", actor=TESTS, now=NOON)
    yesterday, today = _figures(merchant, days=2).days
    assert (yesterday.redeemed, yesterday.net_redeemed) == (Money(1000, "EUR"), Money(1000, "EUR"))
    assert (today.redeemed, today.refunded, today.net_redeemed) == (
        Money(0, "EUR"),
        Money(400, "EUR"),
        Money(-400, "EUR"),
    )


def test_what_was_reversed_counts_nowhere() -> None:
    merchant = make_shop()
    card = make_promo_card(merchant, 5000)
    kept = _spend(card, 700, NOON, "kept")
    _spend(card, 1000, NOON, "undone")
    refund(merchant_id=merchant.id, redemption_id=kept, amount_minor=200, key="back", actor=TESTS, now=NOON)
    for key in ("undone", "back"):
        reverse(merchant_id=merchant.id, key=key, actor=TESTS, now=NOON)
    today = _figures(merchant, days=1).today
    assert (today.redeemed, today.redemptions, today.refunded) == (Money(700, "EUR"), 1, Money(0, "EUR"))


def test_a_card_given_away_is_not_sold() -> None:
    merchant = make_shop()
    make_promo_card(merchant)
    figures = _figures(merchant)
    assert figures.sold == Money(0, "EUR")
    assert figures.today.cards_sold == 0


def test_another_merchants_figures_stay_theirs() -> None:
    mine, other = make_shop(), make_shop()
    card = make_promo_card(other, 5000)
    _spend(card, 700, NOON, "theirs")
    figures = _figures(mine)
    assert figures.owed.outstanding == figures.redeemed == Money(0, "EUR")
    with scope.merchant(mine.id), reading():
        assert liability(other.id, NOON) == []


def test_sold_is_what_fulfilled_orders_were_priced_at() -> None:
    shop = make_selling_shop(values=((5000, 4500),))
    make_fulfilled_order(shop, shop.wish(5000), shop.wish(2000))
    make_order(shop)
    today = _figures(shop.merchant, now()).today
    assert (today.sold, today.cards_sold) == (Money(6500, "EUR"), 2)
    assert _figures(shop.merchant, now() - timedelta(days=1)).sold == Money(0, "EUR")
