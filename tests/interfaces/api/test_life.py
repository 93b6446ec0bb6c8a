"""Programs, expiry, reinstatement and adjustments over REST."""

from datetime import timedelta

import pytest

from giftwell.domain.cards.expire_cards import expire_card
from giftwell.domain.cards.models import Card
from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.api import expiries
from tests.factories.cards import balance_minor, make_promo_card, make_sold_card, read
from tests.factories.catalog import escrow_of, make_shop
from tests.factories.identity import TESTS
from tests.interfaces.api.caller import Caller, caller_for, refused

pytestmark = pytest.mark.django_db

RULES = {"name": "Direct cards", "validity_days": None, "min_value_minor": 500, "max_value_minor": 20_000}


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def api(shop: Merchant) -> Caller:
    return caller_for(shop)


def _over(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the endpoint after the card's end."""
    assert card.expires_at is not None
    later = card.expires_at + timedelta(hours=1)
    monkeypatch.setattr(expiries, "now", lambda: later)


def correction(change_minor: int, **more: object) -> dict[str, object]:
    return {"change_minor": change_minor, "currency": "EUR", "reason": "The till took too much", **more}


def test_a_direct_program_is_made_sold_from_and_changed(api: Caller) -> None:
    made = api.post("programs", {**RULES, "funding": "direct", "currency": "EUR"}, key=None)
    assert made.status_code == 201
    program = made.json()
    assert (program["commission_bps"], program["version"], program["max_balance_minor"]) == (500, 1, None)
    product = {
        "program": program["id"],
        "name": "A card",
        "values": [{"value_minor": 2000, "price_minor": 1900}],
    }
    assert api.post("products", product).status_code == 201

    rules = {**RULES, "max_spend_per_day_minor": 5000}
    edited = api.put(f"programs/{program['id']}", {**rules, "version": 1}).json()
    assert (edited["max_spend_per_day_minor"], edited["version"], edited["funding"]) == (5000, 2, "direct")
    refused(api.put(f"programs/{program['id']}", {**rules, "version": 1}), 409, "program_has_changed")
    assert api.get(f"programs/{program['id']}").json() == edited
    assert edited in api.get("programs").json()["data"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("validity_days", 365, "program_is_invalid"),
        ("max_balance_minor", 1, "program_is_invalid"),
        ("commission_bps", 0, "not_valid"),
        ("buyer_fee_minor", 1, "not_valid"),
        ("max_value_minor", 1.5, "not_valid"),
        ("name", "\x00", "not_valid"),
    ],
)
def test_a_merchant_decides_within_the_law_and_never_on_our_terms(
    api: Caller, field: str, value: object, code: str
) -> None:
    body = {**RULES, "funding": "direct", "currency": "EUR", field: value}
    assert field in refused(api.post("programs", body), 422, code)["errors"]


def test_another_merchants_program_cannot_be_read_or_changed(api: Caller) -> None:
    foreign = escrow_of(make_shop()).public_id
    refused(api.get(f"programs/{foreign}"), 404, "program_is_unknown")
    refused(api.put(f"programs/{foreign}", RULES), 404, "program_is_unknown")


def test_a_card_expires_when_it_is_over_and_comes_back(
    api: Caller, shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = make_sold_card(shop)
    refused(api.put(f"cards/{card.public_id}/expiry"), 409, "card_is_not_due")
    refused(api.put(f"cards/{card.public_id}/reinstatement", {}), 409, "card_is_not_expired")
    _over(card, monkeypatch)
    over = api.put(f"cards/{card.public_id}/expiry").json()
    assert (over["status"], over["close_reason"], over["balance"]["amount_minor"]) == ("closed", "expired", 0)
    for body in ({"last_day": "2026-02-30"}, {"last_day": 5}, {"until": "2040-01-01"}):
        refused(api.put(f"cards/{card.public_id}/reinstatement", body), 422, "not_valid")
    refused(
        api.put(f"cards/{card.public_id}/reinstatement", {"last_day": "2026-01-01"}),
        422,
        "last_day_is_invalid",
    )
    back = api.put(f"cards/{card.public_id}/reinstatement", {"last_day": "2040-05-31"}).json()
    assert (back["status"], back["balance"]["amount_minor"]) == ("active", 5000)
    assert back["expires_at"].startswith("2040-05-31T22:59:59")


def test_a_little_is_adjusted_at_once_and_once_for_its_key(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    path = f"cards/{card.public_id}/adjustments"
    first, again = (api.post(path, correction(-500), key="k") for _ in range(2))
    assert (first.status_code, first.json()["status"]) == (201, "applied")
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert (
        "change_minor"
        in refused(api.post(path, correction(500), key="k"), 422, "idempotency_conflict")["errors"]
    )
    assert balance_minor(card) == 4500
    refused(api.post(path, correction(500), key=None), 400, "idempotency_key_missing")


def test_a_key_asks_for_more_and_has_no_way_to_approve(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    asked = api.post(f"cards/{card.public_id}/adjustments", correction(6000)).json()
    assert (asked["status"], asked["decided_by"]) == ("requested", None)
    assert asked["requested_by"].startswith("api_key:key_")
    assert balance_minor(card) == 5000
    for path in ("approval", "decision", "approve"):
        refused(api.put(f"adjustments/{asked['id']}/{path}"), 404, "no_such_address")
    other = make_promo_card(shop)
    assert api.get("adjustments").json()["data"] == [asked]
    assert api.get(f"adjustments?card={card.public_id}").json()["data"] == [asked]
    assert api.get(f"adjustments?card={other.public_id}").json()["data"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (correction(0), 422, "amount_invalid"),
        (correction(10, currency="SEK"), 422, "wrong_currency"),
        (correction(10, reason="4111 1111 1111 1111"), 422, "reason_is_invalid"),
        (correction(10, reason="x"), 422, "not_valid"),
        (correction(10, source="goodwill"), 422, "not_valid"),
        ({**correction(10), "change_minor": "10"}, 422, "not_valid"),
        ({**correction(10), "change_minor": 1.0}, 422, "not_valid"),
        ({**correction(10), "change_minor": 10**12}, 422, "not_valid"),
    ],
)
def test_a_wrong_adjustment_says_what_is_wrong(
    api: Caller, shop: Merchant, body: dict[str, object], status: int, code: str
) -> None:
    card = make_promo_card(shop)
    refused(api.post(f"cards/{card.public_id}/adjustments", body), status, code)
    assert balance_minor(card) == 5000


def test_value_that_is_not_there_is_not_taken(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop, 100)
    refused(api.post(f"cards/{card.public_id}/adjustments", correction(-101)), 402, "insufficient_funds")
    sold = make_sold_card(shop)
    refused(api.post(f"cards/{sold.public_id}/adjustments", correction(1)), 409, "payable_does_not_cover")


def test_another_merchants_card_is_not_there(api: Caller) -> None:
    card = make_promo_card(make_shop())
    assert card.expires_at is not None
    expire_card(merchant_id=card.merchant_id, card_id=card.id, actor=TESTS, now=card.expires_at)
    refused(api.put(f"cards/{card.public_id}/expiry"), 404, "card_not_found")
    refused(api.put(f"cards/{card.public_id}/reinstatement", {}), 404, "card_not_found")
    refused(api.post(f"cards/{card.public_id}/adjustments", correction(5)), 404, "card_not_found")
    assert api.get(f"adjustments?card={card.public_id}").json()["data"] == []
    refused(api.get("adjustments?card=nonsense"), 404, "not_found")
    assert read(card).status == "closed"


def test_adjusting_needs_its_own_scope(shop: Merchant) -> None:
    card = make_promo_card(shop)
    writer = caller_for(shop, "cards:read", "cards:write")
    refused(writer.post(f"cards/{card.public_id}/adjustments", correction(5)), 403, "missing_scope")
    refused(caller_for(shop, "pos").get("adjustments"), 403, "missing_scope")
