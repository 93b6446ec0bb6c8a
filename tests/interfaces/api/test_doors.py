"""What every endpoint does before and around its work: keys, problems, strict bodies, and one document."""

import json
from typing import Any

import pytest
from django.test import Client

from giftwell.config.openapi import document
from giftwell.foundation.tenancy.models import Merchant
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.factories.catalog import make_shop, promo_of
from tests.interfaces.api.caller import Caller, caller_for, fresh_key, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def api(shop: Merchant) -> Caller:
    return caller_for(shop)


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer gw_live_nonsense", "Basic eDp5", "gw_live_x"]
)
def test_without_a_good_key_nothing_opens(header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = Client().get("/v1/cards", headers=headers)
    refused(answer, 401, "unauthenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_key_opens_only_what_its_scope_names(shop: Merchant) -> None:
    till = caller_for(shop, "pos")
    refused(till.get("cards"), 403, "missing_scope")
    refused(till.post("products", {}), 403, "missing_scope")
    assert till.get("idempotency/x").status_code == 404


def test_an_address_that_is_not_there_is_a_problem(api: Caller) -> None:
    refused(api.get("nothing"), 404, "no_such_address")
    refused(api.get("cards/card_x/nothing"), 404, "no_such_address")


def test_a_method_that_is_not_taken_is_a_problem(api: Caller) -> None:
    answer = api.delete("cards")
    refused(answer, 405, "method_not_allowed")
    assert set(answer["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}


def test_a_post_that_moves_money_needs_a_key(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    body = {"code": code_of(card), "amount_minor": 100, "currency": "EUR"}
    refused(api.post("redemptions", body, key=None), 400, "idempotency_key_missing")
    for key in ("", " ", "x" * 256, "ü"):
        headers = {"Authorization": f"Bearer {api.secret}", "Idempotency-Key": key}
        answer = api.client.post("/v1/redemptions", json.dumps(body), "application/json", headers=headers)
        assert answer.status_code in {400, 422}
    assert balance_minor(card) == 5000


@pytest.mark.parametrize("text", ["{", "[1,2", "nope", '{"a":NaN}', "\xff", "[" * 100_000])
def test_what_is_no_json_is_malformed(api: Caller, text: str) -> None:
    headers = {"Authorization": f"Bearer {api.secret}", "Idempotency-Key": fresh_key()}
    answer = api.client.post("/v1/redemptions", text.encode("latin-1"), "application/json", headers=headers)
    refused(answer, 400, "malformed")


def test_a_form_is_not_json(api: Caller) -> None:
    headers = {"Authorization": f"Bearer {api.secret}", "Idempotency-Key": fresh_key()}
    answer = api.client.post("/v1/redemptions", {"code": "x"}, headers=headers)
    refused(answer, 415, "unsupported_media_type")


def test_a_body_of_more_than_a_megabyte_is_too_large(api: Caller) -> None:
    refused(api.post("redemptions", {"code": "x" * 1_100_000}), 413, "too_large")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=1.5", "cursor=x", "status=gone", "page=2"]
)
def test_a_query_is_checked(api: Caller, query: str) -> None:
    answer = api.get(f"cards?{query}")
    assert answer.status_code == 422, answer.content
    assert answer.json()["code"] in {"not_valid", "unknown_parameter", "cursor_is_invalid"}


_BAD: list[tuple[str, Any]] = [
    ("amount_minor", 0),
    ("amount_minor", -1),
    ("amount_minor", 10**15),
    ("amount_minor", 10**400),
    ("amount_minor", 12.5),
    ("amount_minor", "1250"),
    ("amount_minor", True),
    ("amount_minor", None),
    ("amount_minor", [1]),
    ("currency", "EURO"),
    ("currency", "eur"),
    ("currency", "XXQ"),
    ("currency", 978),
    ("currency", None),
    ("code", ""),
    ("code", "7K4M\x00"),
    ("code", "x" * 65),
    ("code", 7),
    ("code", {}),
    ("reference", "a\x00b"),
    ("reference", "\ud800"),
    ("reference", "x" * 121),
    ("allow_partial", "yes"),
    ("allow_partial", 1),
    ("price_minor", 1),
    ("merchant", "mer_x"),
]


@pytest.mark.parametrize(("name", "value"), _BAD, ids=lambda value: repr(value)[:24])
def test_a_bad_field_is_named_and_nothing_happens(api: Caller, shop: Merchant, name: str, value: Any) -> None:
    card = make_promo_card(shop)
    body = {"code": code_of(card), "amount_minor": 100, "currency": "EUR", name: value}
    problem = refused(api.post("redemptions", body), 422, "not_valid")
    assert list(problem["errors"]) == [name]
    assert balance_minor(card) == 5000


def test_a_wrong_currency_takes_nothing(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    body = {"code": code_of(card), "amount_minor": 100, "currency": "USD"}
    refused(api.post("redemptions", body), 422, "wrong_currency")
    assert balance_minor(card) == 5000


def test_a_suspended_merchants_key_is_refused(shop: Merchant, api: Caller) -> None:
    from giftwell.foundation.identity.suspend_merchant import suspend_merchant
    from giftwell.kit.clock import now
    from tests.factories.identity import TESTS

    suspend_merchant(merchant=shop, reason="test", actor=TESTS, now=now())
    refused(api.get("cards"), 403, "merchant_is_suspended")


def test_an_answer_carries_the_request_id_that_was_sent(api: Caller) -> None:
    headers = {"Authorization": f"Bearer {api.secret}", "X-Request-Id": "till-7-request-0001"}
    answer = api.client.get("/v1/cards/card_x", headers=headers)
    assert answer["X-Request-Id"] == answer.json()["request_id"] == "till-7-request-0001"


def test_our_own_mistake_says_nothing_of_the_inside(
    api: Caller, shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("the inside of the house")

    monkeypatch.setattr("giftwell.interfaces.api.cards.issue_cards", broken)
    body = {"program": promo_of(shop).public_id, "value": {"amount_minor": 100, "currency": "EUR"}}
    problem = refused(api.post("cards", body), 500, "internal_error")
    assert "the inside of the house" not in str(problem)


def test_the_document_tells_both_apis_and_every_error() -> None:
    told = document()
    assert told["openapi"].startswith("3.1")
    assert {"/v1/cards", "/v1/orders", "/v1/redemptions", "/v1/pos/redemptions", "/v1/pos/batch"} <= set(
        told["paths"]
    )
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            statuses = set(operation["responses"])
            assert {"401", "403", "429", "503"} <= statuses, f"{method} {path}"
            assert operation["security"] == [{"ApiKey": []}], f"{method} {path}"


def test_the_document_and_its_page_are_served() -> None:
    client = Client()
    answer = client.get("/v1/openapi.json")
    assert answer.json()["info"]["title"] == "Giftwell"
    assert client.get("/v1/openapi.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    page = client.get("/docs/api").content.decode()
    assert "/v1/pos/redemptions" in page
    assert "allow_partial" in page
