"""Redeeming at the till: what is taken, what is refused in words, and nothing taken twice."""

from datetime import timedelta

import pytest

from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import FreezeReason
from giftwell.domain.redemption.models import Redemption
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.till import amounts
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.factories.catalog import make_program, make_shop
from tests.factories.identity import TESTS, location_of
from tests.interfaces.till.conftest import Till


def redemptions(till: Till) -> list[Redemption]:
    with scope.merchant(till.merchant.id), reading():
        return list(Redemption.objects.filter(merchant_id=till.merchant.id).order_by("redeemed_at"))


def test_a_redemption_is_kept_with_its_place_and_cashier(till: Till) -> None:
    outcome = till.redeem(1250)
    (made,) = redemptions(till)
    assert outcome == f"{till.home}redemptions/{made.public_id}/"
    assert (made.amount_minor, made.location_id) == (1250, location_of(till.merchant).id)
    assert made.actor == f"person:{till.cashier.public_id}"
    page = till.browser.get(outcome).content.decode()
    assert "€12.50 redeemed" in page
    assert "€37.50" in page


def test_the_same_page_sent_twice_takes_once_and_shows_the_first_outcome(till: Till) -> None:
    till.scan()
    sent = {"key": till.key(), "amount_minor": 1250}
    first = till.browser.post(till.keypad, sent)
    again = till.browser.post(till.keypad, sent)
    assert first.headers["Location"] == again.headers["Location"]
    assert balance_minor(till.card) == 3750


def test_two_presses_at_once_take_once(till: Till) -> None:
    till.scan()
    sent = {"key": till.key(), "amount_minor": 1250}
    held = till.browser.session["till_cards"]
    first = till.browser.post(till.keypad, sent)
    session = till.browser.session
    session["till_cards"] = held
    session.save()
    assert till.browser.post(till.keypad, sent).headers["Location"] == first.headers["Location"]
    assert balance_minor(till.card) == 3750


def test_going_back_and_sending_another_amount_shows_the_first_outcome(till: Till) -> None:
    till.scan()
    key = till.key()
    first = till.browser.post(till.keypad, {"key": key, "amount_minor": 1250})
    till.scan()
    again = till.browser.post(till.keypad, {"key": key, "amount_minor": 900}, follow=True)
    assert again.redirect_chain[0][0] == first.headers["Location"]
    assert "redeemed already" in again.content.decode()
    assert balance_minor(till.card) == 3750


def test_too_much_takes_nothing_and_offers_what_there_is(till: Till) -> None:
    till.scan()
    answer = till.browser.post(till.keypad, {"key": till.key(), "amount_minor": 6000})
    page = answer.content.decode()
    assert "€10.00 short" in page
    assert "Nothing was taken" in page
    assert "Redeem €50.00" in page
    assert balance_minor(till.card) == 5000
    offer = {"key": answer.context["key"], "amount_minor": 5000}
    assert "/redemptions/" in till.browser.post(till.keypad, offer).headers["Location"]
    assert balance_minor(till.card) == 0


def test_an_empty_card_has_no_keypad(till: Till) -> None:
    till.redeem(5000)
    till.scan()
    assert "Nothing left on this card" in till.browser.get(till.keypad).content.decode()


def test_a_card_frozen_while_it_lay_on_the_counter_is_refused_in_words(till: Till) -> None:
    till.scan()
    key = till.key()
    freeze_card(
        merchant_id=till.merchant.id, card_id=till.card.id, reason=FreezeReason.HOLDER, actor=TESTS, now=now()
    )
    answer = till.browser.post(till.keypad, {"key": key, "amount_minor": 100})
    assert "This card is frozen" in answer.content.decode()
    assert "This card is frozen" in till.browser.get(till.keypad).content.decode()
    assert balance_minor(till.card) == 5000


def test_a_closed_and_an_expired_card_are_refused_in_words(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.scan()
    close_card(merchant_id=till.merchant.id, card_id=till.card.id, actor=TESTS, now=now())
    assert "This card is closed" in till.browser.get(till.keypad).content.decode()
    program = make_program(till.merchant, funding="promo", validity_days=1)
    card = make_promo_card(till.merchant, 700, program=program)
    till.scan(code_of(card))
    monkeypatch.setattr("giftwell.interfaces.till.keypad._unusable", lambda found, at: "card_is_expired")
    page = till.browser.get(f"{till.home}cards/{card.public_id}/").content.decode()
    assert "This card has expired" in page


def test_an_expired_card_is_known_by_its_day(till: Till) -> None:
    from giftwell.domain.redemption.check_balance import check_balance
    from giftwell.interfaces.till.keypad import _unusable

    found = check_balance(merchant_id=till.merchant.id, code=till.code, now=now())
    assert _unusable(found, now()) == ""
    assert found.expires_at is not None
    assert _unusable(found, found.expires_at + timedelta(seconds=1)) == "card_is_expired"


@pytest.mark.parametrize("amount", ["0", "", "-5", "1.5", "999999999999999999", "x", "٣"])
def test_no_sound_amount_takes_nothing(till: Till, amount: str) -> None:
    till.scan()
    answer = till.browser.post(till.keypad, {"key": till.key(), "amount_minor": amount})
    assert answer.status_code == 200
    assert "Nothing was taken" in answer.content.decode()
    assert balance_minor(till.card) == 5000


def test_without_script_the_amount_is_typed(till: Till) -> None:
    till.scan()
    till.browser.post(till.keypad, {"key": till.key(), "amount_minor": "0", "amount": "12.50"})
    assert balance_minor(till.card) == 3750
    till.scan()
    answer = till.browser.post(till.keypad, {"key": till.key(), "amount_minor": "0", "amount": "12.505"})
    assert balance_minor(till.card) == 3750
    assert 'value="12.505"' in answer.content.decode()


def test_a_key_that_is_not_the_tills_own_is_not_used(till: Till) -> None:
    till.scan()
    till.browser.post(till.keypad, {"key": "somebody's key", "amount_minor": 100})
    from giftwell.domain.redemption.outcome_of_key import outcome_of_key

    assert outcome_of_key(merchant_id=till.merchant.id, key="somebody's key") is None
    assert balance_minor(till.card) == 4900


@pytest.mark.parametrize(
    ("currency", "available", "offered"),
    [("EUR", 1200, [1200, 500, 1000]), ("JPY", 1500, [1500, 500, 1000]), ("KWD", 6000, [6000, 5000])],
)
def test_round_sums_follow_the_currencys_exponent(currency: str, available: int, offered: list[int]) -> None:
    assert amounts.quick(Money(available, currency)) == [Money(one, currency) for one in offered]


def test_yen_have_no_decimals_at_the_till(db: None, till: Till) -> None:
    merchant = make_shop(currency="JPY")
    card = make_promo_card(merchant, 5000)
    from django.test import Client

    from tests.factories.identity import make_member

    browser = Client()
    browser.force_login(make_member(merchant, "cashier"))
    browser.post(f"/till/{merchant.slug}/", {"code": code_of(card)})
    address = f"/till/{merchant.slug}/cards/{card.public_id}/"
    page = browser.get(address)
    assert "¥5,000" in page.content.decode()
    browser.post(address, {"key": page.context["key"], "amount": "1,250"})
    assert balance_minor(card) == 3750
