"""Money that no sale brings: corrections, the end of a card and the way back, tried by those who may not."""

from datetime import timedelta
from typing import Any

import pytest

from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.expire_cards import expire_card
from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api import adjustments as endpoint
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id
from tests.domain.books import credit_of
from tests.factories.cards import balance_minor, make_pending_card, make_promo_card, make_sold_card
from tests.factories.catalog import make_program, make_shop
from tests.factories.identity import TESTS, make_member
from tests.hostile.ground import browser_of, written
from tests.interfaces.api.caller import caller_for, refused

pytestmark = pytest.mark.django_db


def _capped(shop: Merchant) -> Card:
    capped = make_program(shop, funding="promo", max_value_minor=5000, max_balance_minor=5000)
    return make_promo_card(shop, 5000, program=capped)


def _closed(shop: Merchant) -> Card:
    card = make_promo_card(shop)
    return close_card(merchant_id=shop.id, card_id=card.id, actor=TESTS, now=now())


def _expired(shop: Merchant) -> Card:
    card = make_promo_card(shop)
    assert card.expires_at is not None
    return expire_card(merchant_id=shop.id, card_id=card.id, actor=TESTS, now=card.expires_at)


CASES: dict[str, tuple[Any, dict[str, Any], int, str]] = {
    "beyond its cap": (_capped, {"change_minor": 1}, 409, "exceeds_max_balance"),
    "more than is on it": (make_promo_card, {"change_minor": -5000 - 1}, 402, "insufficient_funds"),
    "money that the shop has not earned": (
        make_sold_card,
        {"change_minor": 1},
        409,
        "payable_does_not_cover",
    ),
    "another currency": (make_promo_card, {"currency": "SEK"}, 422, "wrong_currency"),
    "nothing": (make_promo_card, {"change_minor": 0}, 422, "amount_invalid"),
    "a closed card": (_closed, {}, 409, "card_is_closed"),
    "an expired card": (_expired, {}, 409, "card_is_closed"),
    "a card nobody paid for yet": (make_pending_card, {}, 409, "card_is_pending"),
    "a foreign card": (lambda shop: make_promo_card(make_shop()), {}, 404, "card_not_found"),
}


@pytest.mark.line("money-2")
@pytest.mark.parametrize("case", CASES)
def test_a_correction_that_may_not_be_leaves_its_reason_and_nothing_else(case: str) -> None:
    make, wrong, status, code = CASES[case]
    shop = make_shop()
    card = make(shop)
    with scope.platform(), reading():
        told = Event.objects.count()
    body = {"change_minor": 100, "currency": "EUR", "reason": "The till took too much", **wrong}
    if code == "insufficient_funds":
        # Within what one may do alone, so that it is tried at once.
        body["change_minor"] = -4999
        card = make_promo_card(shop, 100)
        with scope.platform(), reading():
            told = Event.objects.count()
    held = balance_minor(card)
    refused(caller_for(shop).post(f"cards/{card.public_id}/adjustments", body), status, code)
    assert balance_minor(card) == held
    with scope.platform(), reading():
        rows = AuditRow.objects.filter(outcome="refused", action="card.adjusted", subject=card.public_id)
        assert [row.reason for row in rows] == [code]
        assert not Adjustment.objects.exists()
        # The key that asks is made in between, and told of.
        assert Event.objects.exclude(type__startswith="api_key").count() <= told
    assert verify() == []


@pytest.mark.line("money-7")
def test_nobody_gives_themselves_money_by_asking_twice_or_by_a_key_of_their_own() -> None:
    shop = make_shop()
    card, owner = make_promo_card(shop), make_member(shop, "owner")
    browser, base = browser_of(owner), f"/console/{shop.slug}/adjustments/"
    body = {"change_minor": 5001, "currency": "EUR", "reason": "A favour among friends"}
    asked = caller_for(shop).post(f"cards/{card.public_id}/adjustments", body).json()["id"]
    with scope.merchant(shop.id), reading():
        assert Adjustment.objects.get().state == "requested"
    for smuggled in ({"decided_by": "person:x"}, {"state": "applied"}, {"amount": "1"}):
        assert browser.post(f"{base}{asked}/approve/", smuggled).status_code == 422
    assert browser.get(f"{base}{asked}/approve/").status_code == 405
    cashier = browser_of(make_member(shop, "cashier"))
    assert cashier.post(f"{base}{asked}/approve/").status_code == 403
    stranger = browser_of(make_member(make_shop(), "owner"))
    assert stranger.post(f"{base}{asked}/approve/").status_code == 404
    assert browser_of(owner).post(f"{base}{public_id('adj', card.id)}/approve/").status_code == 404
    assert balance_minor(card) == 5000


@pytest.mark.line("money-12")
def test_the_second_person_is_kept_by_the_database_too() -> None:
    shop = make_shop()
    card = make_promo_card(shop)
    body = {"change_minor": 9000, "currency": "EUR", "reason": "A favour among friends"}
    caller_for(shop).post(f"cards/{card.public_id}/adjustments", body)
    for sql in (
        "update cards_adjustment set state = 'applied', decided_by = requested_by, decided_at = now()",
        "update cards_adjustment set state = 'applied', decided_by = 'system:x', decided_at = now()",
        "update cards_adjustment set state = 'applied', decided_at = now(), change_minor = 0",
        "delete from cards_adjustment", "delete from cards_expiry",
    ):  # fmt: skip
        assert written(shop, sql) == -1, sql
    assert balance_minor(card) == 5000


@pytest.mark.line("money-6")
def test_a_request_cannot_be_approved_on_a_card_that_has_ended_since(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop()
    card = make_promo_card(shop)
    ends = card.expires_at
    assert ends is not None
    monkeypatch.setattr(endpoint, "now", lambda: ends - timedelta(days=1))
    body = {"change_minor": 9000, "currency": "EUR", "reason": "The till took too much"}
    asked = caller_for(shop).post(f"cards/{card.public_id}/adjustments", body).json()["id"]
    expire_card(merchant_id=shop.id, card_id=card.id, actor=TESTS, now=ends)
    browser = browser_of(make_member(shop, "manager"))
    path = f"/console/{shop.slug}/adjustments/{asked}/"
    assert "This card is closed" in browser.post(path + "approve/", follow=True).content.decode()
    assert (balance_minor(card), credit_of("issued", owner=shop.id)) == (0, 0)
    assert verify() == []
