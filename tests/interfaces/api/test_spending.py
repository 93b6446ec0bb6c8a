"""Redemptions and refunds over REST: the documented answers, replays, conflicts, and other merchants kept
out.
"""

import pytest

from giftwell.foundation.tenancy.models import Merchant
from tests.factories.cards import balance_minor, code_of, make_promo_card, make_sold_card
from tests.factories.catalog import make_shop
from tests.factories.identity import location_of
from tests.interfaces.api.caller import Caller, caller_for, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def api(shop: Merchant) -> Caller:
    return caller_for(shop)


def _body(code: str, amount_minor: int = 1250, **more: object) -> dict[str, object]:
    return {"code": code, "amount_minor": amount_minor, "currency": "EUR", **more}


def test_a_card_is_spent_in_parts(api: Caller, shop: Merchant) -> None:
    card = make_sold_card(shop)
    answer = api.post(
        "redemptions", _body(code_of(card), location=location_of(shop).public_id, reference="R-1")
    )
    assert answer.status_code == 201
    told = answer.json()
    assert (told["amount_minor"], told["balance_minor"], told["currency"]) == (1250, 3750, "EUR")
    assert told["card"] == {"id": card.public_id, "last4": card.last4}
    kept = api.get(f"redemptions/{told['id']}").json()
    assert (kept["reference"], kept["location"]) == ("R-1", location_of(shop).public_id)
    assert [one["id"] for one in api.get(f"redemptions?card={card.public_id}").json()["data"]] == [told["id"]]


def test_too_much_is_refused_and_nothing_taken(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop, 1000)
    problem = refused(api.post("redemptions", _body(code_of(card), 1001)), 402, "insufficient_funds")
    assert "1000" not in str(problem)
    assert balance_minor(card) == 1000


def test_a_partial_approval_takes_what_there_is(api: Caller, shop: Merchant) -> None:
    told = api.post(
        "redemptions", _body(code_of(make_promo_card(shop, 1000)), 1500, allow_partial=True)
    ).json()
    assert (told["amount_minor"], told["balance_minor"]) == (1000, 0)


def test_a_key_spends_once_and_names_what_differs(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    first = api.post("redemptions", _body(code_of(card)), key="till-1")
    again = api.post("redemptions", _body(code_of(card)), key="till-1")
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    problem = refused(
        api.post("redemptions", _body(code_of(card), 9), key="till-1"), 422, "idempotency_conflict"
    )
    assert list(problem["errors"]) == ["amount_minor"]
    assert balance_minor(card) == 3750
    outcome = api.get("idempotency/till-1").json()
    assert (outcome["operation"], outcome["resource"]) == ("redeem", first.json()["id"])
    refused(api.get("idempotency/never-used"), 404, "key_took_no_effect")


def test_a_refused_key_is_judged_again(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop, 1000)
    refused(api.post("redemptions", _body(code_of(card), 1001), key="k"), 402, "insufficient_funds")
    assert api.post("redemptions", _body(code_of(card), 1000), key="k").status_code == 201


def test_unknown_foreign_malformed_and_mistyped_codes_look_alike(api: Caller, shop: Merchant) -> None:
    foreign = code_of(make_promo_card(make_shop()))
    own = code_of(make_promo_card(shop))
    mistyped = ("A" if own[0] != "A" else "B") + own[1:]
    answers = []
    for code in (foreign, mistyped, "nonsense", own[:-1]):
        problem = refused(api.post("redemptions", _body(code)), 404, "card_not_found")
        problem.pop("request_id")
        answers.append(problem)
    assert all(answer == answers[0] for answer in answers)


def test_a_frozen_card_cannot_be_spent(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    api.put(f"cards/{card.public_id}/freeze")
    refused(api.post("redemptions", _body(code_of(card))), 409, "card_is_frozen")
    assert balance_minor(card) == 5000


def test_a_redemption_is_refunded_in_parts_and_never_more(api: Caller, shop: Merchant) -> None:
    card = make_sold_card(shop)
    spent = api.post("redemptions", _body(code_of(card), 2000)).json()["id"]
    first = api.post("refunds", {"redemption": spent, "amount_minor": 500})
    assert (first.status_code, first.json()["balance_minor"]) == (201, 3500)
    refused(api.post("refunds", {"redemption": spent, "amount_minor": 1501}), 409, "refund_exceeds_capture")
    rest = api.post("refunds", {"redemption": spent}).json()
    assert (rest["amount_minor"], rest["balance_minor"]) == (1500, 5000)
    assert api.post("refunds", {"redemption": spent}).status_code == 409


def test_a_refund_names_one_thing(api: Caller) -> None:
    refused(api.post("refunds", {}), 422, "not_valid")
    both = {"redemption": "red_x", "order_card": "line_x"}
    refused(api.post("refunds", both), 422, "not_valid")


def test_another_merchants_redemption_is_not_there(api: Caller) -> None:
    other = make_shop()
    theirs = caller_for(other).post("redemptions", _body(code_of(make_promo_card(other)))).json()["id"]
    assert api.get(f"redemptions/{theirs}").status_code == 404
    refused(api.post("refunds", {"redemption": theirs}), 404, "redemption_not_found")
    assert api.get("redemptions").json()["data"] == []


def test_a_foreign_location_is_not_there(api: Caller, shop: Merchant) -> None:
    body = _body(code_of(make_promo_card(shop)), location=location_of(make_shop()).public_id)
    refused(api.post("redemptions", body), 404, "location_not_found")
