"""Authorizations, reversals and refunds without a redemption over REST; another merchant's are nobody's."""

import pytest

from giftwell.domain.cards.close_card import close_card
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.clock import now
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, location_of
from tests.interfaces.api.caller import Caller, caller_for, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def api(shop: Merchant) -> Caller:
    return caller_for(shop)


def body(code: str, amount_minor: int = 1_000, **more: object) -> dict[str, object]:
    return {"code": code, "amount_minor": amount_minor, "currency": "EUR", **more}


def test_an_authorization_is_raised_captured_in_parts_and_read(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    held = api.post("authorizations", body(code_of(card), 2_000, location=location_of(shop).public_id))
    assert held.status_code == 201
    first = held.json()
    assert (first["held_minor"], first["due_minor"], first["available_minor"], first["replaces"]) == (
        2_000, 0, 3_000, None,
    )  # fmt: skip
    raised = api.post(f"authorizations/{first['id']}/reauthorize", {"amount_minor": 3_000}).json()
    assert (raised["replaces"], raised["held_minor"]) == (first["id"], 3_000)
    part = api.post(f"authorizations/{raised['id']}/capture", {"amount_minor": 500, "final": False}, key="c1")
    assert part.status_code == 200
    again = api.post(
        f"authorizations/{raised['id']}/capture", {"amount_minor": 500, "final": False}, key="c1"
    )
    assert (again.json(), again["Idempotent-Replayed"]) == (part.json(), "true")
    stands = api.get(f"authorizations/{raised['id']}").json()
    assert (stands["state"], stands["captured_minor"], stands["held_minor"]) == ("live", 500, 2_500)
    last = api.post(
        f"authorizations/{raised['id']}/capture", {"amount_minor": 2_500, "tip_minor": 300}
    ).json()
    assert (last["amount_minor"], last["tip_minor"], last["balance_minor"]) == (2_800, 300, 1_700)
    kept = api.get(f"redemptions/{last['id']}").json()
    assert (kept["tip_minor"], kept["authorization"], kept["reversed_at"]) == (300, raised["id"], None)
    listed = api.get(f"authorizations?card={card.public_id}").json()["data"]
    assert [(one["id"], one["state"]) for one in listed] == [
        (raised["id"], "captured"), (first["id"], "voided"),
    ]  # fmt: skip


def test_a_partial_approval_says_what_is_still_due(api: Caller, shop: Merchant) -> None:
    told = api.post(
        "authorizations", body(code_of(make_promo_card(shop, 1_000)), 1_500, allow_partial=True)
    ).json()
    assert (told["held_minor"], told["due_minor"]) == (1_000, 500)
    spent = api.post(
        "redemptions", body(code_of(make_promo_card(shop, 1_000)), 1_500, allow_partial=True)
    ).json()
    assert (spent["amount_minor"], spent["due_minor"], spent["balance_minor"]) == (1_000, 500, 0)


def test_an_authorization_is_let_go(api: Caller, shop: Merchant) -> None:
    held = api.post("authorizations", body(code_of(make_promo_card(shop)))).json()
    freed = api.post(f"authorizations/{held['id']}/void", {})
    assert (freed.status_code, freed.json()["released_minor"]) == (200, 1_000)
    refused(api.post(f"authorizations/{held['id']}/capture", {}), 409, "authorization_not_live")


def test_what_is_asked_too_much_is_named(api: Caller, shop: Merchant) -> None:
    held = api.post("authorizations", body(code_of(make_promo_card(shop)))).json()
    path = f"authorizations/{held['id']}/capture"
    refused(api.post(path, {"amount_minor": 1_001}), 409, "capture_exceeds_hold")
    refused(api.post(path, {"tip_minor": 301}), 409, "tip_exceeds_limit")
    for wrong in ({"tip_minor": -1}, {"tip_minor": 1.5}, {"final": 1}, {"amount_minor": "5"}, {"more": 1}):
        refused(api.post(path, wrong), 422, "not_valid")


def test_a_key_is_reversed_and_its_outcome_says_so(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    spent = api.post("redemptions", body(code_of(card)), key="k1").json()
    undone = api.post("reversals", {"idempotency_key": "k1"}, key=None)
    assert undone.status_code == 200
    told = undone.json()
    assert (told["outcome"], told["operation"], told["id"], told["balance_minor"]) == (
        "undone", "redeem", spent["id"], 5_000,
    )  # fmt: skip
    again = api.post("reversals", {"idempotency_key": "k1"}, key=None)
    assert (again.json(), again["Idempotent-Replayed"]) == (told, "true")
    assert api.get(f"redemptions/{spent['id']}").json()["reversed_at"]
    assert api.get("idempotency/k1").json()["reversed_at"] == told["reversed_at"]
    refused(api.post("refunds", {"redemption": spent["id"]}), 409, "redemption_is_reversed")
    assert balance_minor(card) == 5_000


def test_a_key_that_did_nothing_yet_never_will(api: Caller, shop: Merchant) -> None:
    told = api.post("reversals", {"idempotency_key": "late"}, key=None).json()
    assert (told["outcome"], told["id"], told["card"]) == ("prevented", None, None)
    refused(api.post("redemptions", body(code_of(make_promo_card(shop))), key="late"), 409, "reversed")
    assert api.get("idempotency/late").json()["operation"] == "prevented"
    refused(api.post("reversals", {"idempotency_key": "a b"}, key=None), 422, "invalid_idempotency_key")


def test_a_refunded_redemption_is_not_reversed(api: Caller, shop: Merchant) -> None:
    spent = api.post("redemptions", body(code_of(make_promo_card(shop))), key="k1").json()
    api.post("refunds", {"redemption": spent["id"], "amount_minor": 1})
    refused(api.post("reversals", {"idempotency_key": "k1"}, key=None), 409, "already_refunded")


def test_a_refund_to_a_closed_card_names_the_card_that_got_it(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    spent = api.post("redemptions", body(code_of(card), 5_000)).json()
    close_card(merchant_id=shop.id, card_id=card.id, actor=TESTS, now=now())
    told = api.post("refunds", {"redemption": spent["id"], "amount_minor": 400}).json()
    assert told["instead_of"] == card.public_id
    assert told["card"]["id"] != card.public_id
    assert told["balance_minor"] == 400


def test_a_refund_without_a_redemption_has_a_scope_of_its_own(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    told = api.post("unlinked-refunds", body(code_of(card), 700, reference="no receipt"), key="u").json()
    assert (told["amount_minor"], told["balance_minor"], told["card"]["id"]) == (700, 5_700, card.public_id)
    by_id = {"card": card.public_id, "amount_minor": 1, "currency": "EUR"}
    assert api.post("unlinked-refunds", by_id).json()["balance_minor"] == 5_701
    assert api.get("idempotency/u").json()["resource"] == told["id"]
    till = caller_for(shop, "pos")
    refused(till.post("unlinked-refunds", by_id), 403, "missing_scope")
    for wrong in (
        {**by_id, "code": "X"},
        {"amount_minor": 1, "currency": "EUR"},
        {**by_id, "redemption": "r"},
    ):
        refused(api.post("unlinked-refunds", wrong), 422, "not_valid")
    refused(api.post("unlinked-refunds", {**by_id, "amount_minor": 10**11}), 409, "refund_exceeds_limit")


def test_refunds_are_listed_with_what_was_undone(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    spent = api.post("redemptions", body(code_of(card))).json()
    back = api.post("refunds", {"redemption": spent["id"], "amount_minor": 400}, key="r").json()
    given = api.post("unlinked-refunds", body(code_of(card), 70, reference="no receipt")).json()
    api.post("reversals", {"idempotency_key": "r"}, key=None)
    listed = api.get(f"refunds?card={card.public_id}").json()["data"]
    assert [(one["id"], one["redemption"], bool(one["reversed_at"])) for one in listed] == [
        (given["id"], None, False), (back["id"], spent["id"], True),
    ]  # fmt: skip
    of_it = api.get(f"refunds?redemption={spent['id']}&limit=1").json()
    assert ([one["id"] for one in of_it["data"]], of_it["next_cursor"]) == ([back["id"]], None)
    one = api.get(f"refunds/{given['id']}").json()
    assert (one["amount_minor"], one["reference"], one["card"]) == (70, "no receipt", card.public_id)
    assert api.get(f"redemptions/{spent['id']}").json()["refunded_minor"] == 0
    refused(api.get("refunds?of=x"), 422, "unknown_parameter")
    other = caller_for(make_shop())
    refused(other.get(f"refunds/{given['id']}"), 404, "refund_not_found")
    assert other.get("refunds").json()["data"] == []
    refused(caller_for(shop, "pos").get("refunds"), 403, "missing_scope")


@pytest.mark.parametrize(
    "path",
    ["authorizations", "authorizations/auth_x/capture", "authorizations/auth_x/void",
     "authorizations/auth_x/reauthorize", "redemptions", "refunds", "unlinked-refunds", "reversals"],
)  # fmt: skip
def test_what_a_body_does_not_know_is_refused_everywhere(api: Caller, path: str) -> None:
    sent = api.post(path, {"amount_minor": 1, "tenant": "other"})
    refused(sent, 422, "not_valid")
    assert "tenant" in str(sent.json()["errors"])


def test_another_merchants_are_nobodys(api: Caller, shop: Merchant) -> None:
    other = caller_for(make_shop())
    card = make_promo_card(shop)
    held = api.post("authorizations", body(code_of(card)), key="shared").json()
    refused(other.get(f"authorizations/{held['id']}"), 404, "authorization_not_found")
    for verb in ("capture", "void", "reauthorize"):
        refused(other.post(f"authorizations/{held['id']}/{verb}", {}), 404, "authorization_not_found")
    assert other.get("authorizations").json()["data"] == []
    assert other.post("reversals", {"idempotency_key": "shared"}, key=None).json()["outcome"] == "prevented"
    refused(other.post("unlinked-refunds", body(code_of(card))), 404, "card_not_found")
    refused(
        other.post("unlinked-refunds", {"card": card.public_id, "amount_minor": 1, "currency": "EUR"}),
        404, "card_not_found",
    )  # fmt: skip
    assert api.get(f"authorizations/{held['id']}").json()["state"] == "live"
