"""Many cards over REST: by a count or a file, checked, confirmed, stopped, brought along and taken back."""

from typing import Any

import pytest
from django.http import HttpResponse

from giftwell.domain.bulk.models import Batch
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.jobs.bulk import take_turn
from giftwell.kit.ids import parse_id
from tests.factories.bulk import checked, make_counted, run
from tests.factories.catalog import escrow_of, make_shop, promo_of
from tests.interfaces.api.caller import Caller, caller_for, fresh_key, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def api(shop: Merchant) -> Caller:
    return caller_for(shop)


def wanted(shop: Merchant, **more: object) -> dict[str, object]:
    value = {"amount_minor": 1500, "currency": "EUR"}
    return {"program": promo_of(shop).public_id, "value": value, "count": 3, **more}


def send(
    api: Caller,
    shop: Merchant,
    content: bytes,
    *,
    way: str = "file",
    media: str = "text/csv",
    query: str = "",
) -> HttpResponse:
    path = f"/v1/batches/{way}?program={promo_of(shop).public_id}&name=spring.csv{query}"
    headers = {"Authorization": f"Bearer {api.secret}"}
    return api.client.post(path, content, media, headers=headers)


def work(shop: Merchant, batch: dict[str, Any]) -> None:
    """What the worker would do."""
    take_turn(shop.id, parse_id(Batch.PREFIX, batch["id"]), seconds=60)


def test_many_alike_are_begun_once_made_and_listed_by_their_batch(api: Caller, shop: Merchant) -> None:
    key = fresh_key()
    begun = api.post("batches", wanted(shop), key=key)
    assert begun.status_code == 201
    again = api.post("batches", wanted(shop), key=key)
    assert (again["Idempotent-Replayed"], again.json()["id"]) == ("true", begun.json()["id"])
    assert (begun.json()["stage"], begun.json()["cards"], begun.json()["cards_made"]) == ("running", 3, 0)
    work(shop, begun.json())
    done = api.get(f"batches/{begun.json()['id']}").json()
    assert (done["stage"], done["cards_made"], done["worth"]["amount_minor"]) == ("complete", 3, 4500)
    cards = api.get(f"cards?batch={done['id']}").json()["data"]
    assert [card["balance"]["amount_minor"] for card in cards] == [1500] * 3
    assert "code" not in str(cards[0].keys())
    assert api.get("batches").json()["data"] == [done]
    refused(api.post("batches", wanted(shop, count=4), key=key), 422, "idempotency_conflict")
    assert verify() == []


@pytest.mark.parametrize(
    ("field", "value", "status", "code"),
    [
        ("count", 0, 422, "not_valid"), ("count", 1_000_001, 422, "not_valid"),
        ("count", "3", 422, "not_valid"), ("count", True, 422, "not_valid"),
        ("colour", "red", 422, "not_valid"),
        ("program", "prog_x", 404, "unknown_id"),
        ("value", {"amount_minor": 1500, "currency": "USD"}, 422, "currency_mismatch"),
        ("value", {"amount_minor": 99_999_999, "currency": "EUR"}, 422, "value_is_out_of_bounds"),
    ],
)  # fmt: skip
def test_a_batch_that_cannot_be_is_refused(
    api: Caller, shop: Merchant, field: str, value: object, status: int, code: str
) -> None:
    answer = api.post("batches", wanted(shop, **{field: value}))
    assert answer.status_code == status, answer.json()
    refused(answer, status, answer.json()["code"] if code == "unknown_id" else code)
    assert api.get("batches").json()["data"] == []


def test_sold_programs_are_refused_and_a_key_is_needed(api: Caller, shop: Merchant) -> None:
    sold = wanted(shop, program=escrow_of(shop).public_id)
    refused(api.post("batches", sold), 409, "program_needs_payment")
    refused(api.post("batches", wanted(shop), key=None), 400, "idempotency_key_missing")


def test_a_file_is_checked_confirmed_and_made(api: Caller, shop: Merchant) -> None:
    sent = send(api, shop, b"value_minor,reference\n2500,a\nx,b\n700,c\n")
    assert (sent.status_code, sent.json()["stage"], sent.json()["file_name"]) == (
        201,
        "checking",
        "spring.csv",
    )
    path = f"batches/{sent.json()['id']}"
    refused(api.put(f"{path}/confirmation", {}), 409, "batch_is_not_ready")
    work(shop, sent.json())
    told = api.get(path).json()
    assert (told["stage"], told["rows"], told["bad_rows"], told["cards"]) == ("checked", 3, 1, 2)
    (problem,) = api.get(f"{path}/problems").json()["data"]
    assert (problem["row"], problem["field"]) == (3, "value")
    refused(api.put(f"{path}/confirmation", {"skip_bad": False}), 409, "batch_has_bad_rows")
    refused(api.put(f"{path}/confirmation", {"skip_bad": "yes"}), 422, "not_valid")
    for _ in range(2):
        assert api.put(f"{path}/confirmation", {"skip_bad": True}).json()["stage"] == "running"
    work(shop, sent.json())
    assert api.get(path).json()["cards_made"] == 2
    refused(api.put(f"{path}/cancellation"), 409, "batch_is_not_ready")
    refused(api.put(f"{path}/reversal"), 409, "batch_was_issued")
    assert verify() == []


def test_an_import_is_brought_along_and_taken_back(api: Caller, shop: Merchant) -> None:
    sent = send(api, shop, b"code,balance_minor\nOLD-1234-5678,1250\n", way="import").json()
    work(shop, sent)
    api.put(f"batches/{sent['id']}/confirmation", {})
    work(shop, sent)
    assert api.get(f"batches/{sent['id']}").json()["stage"] == "complete"
    bought = api.post("redemptions", {"code": "old12345678", "amount_minor": 250, "currency": "EUR"})
    assert bought.status_code == 201, bought.json()
    assert api.put(f"batches/{sent['id']}/reversal").json()["stage"] == "undoing"
    work(shop, sent)
    done = api.get(f"batches/{sent['id']}").json()
    assert (done["stage"], done["cards_taken_back"], done["cards_left"]) == ("reversed", 0, 1)


def test_a_batch_is_stopped(api: Caller, shop: Merchant) -> None:
    batch = make_counted(shop, 5)
    assert api.put(f"batches/{batch.public_id}/cancellation").json()["stage"] == "undoing"
    work(shop, {"id": batch.public_id})
    assert api.get(f"batches/{batch.public_id}").json()["stage"] == "cancelled"


def test_what_is_no_file_is_refused(api: Caller, shop: Merchant) -> None:
    refused(send(api, shop, b"{}", media="application/json"), 415, "unsupported_media_type")
    refused(send(api, shop, b"value\n5\n", query="&colour=red"), 422, "unknown_parameter")
    refused(send(api, shop, b"value\n5\n", query="&design=des_x"), 404, "not_found")
    assert api.get("batches").json()["data"] == []


def test_imports_need_a_scope_of_their_own(shop: Merchant) -> None:
    api = caller_for(shop, "cards:read", "cards:write")
    refused(send(api, shop, b"code,balance\nOLD12345678,5\n", way="import"), 403, "missing_scope")
    sent = send(caller_for(shop), shop, b"code,balance\nOLD12345678,5\n", way="import").json()
    work(shop, sent)
    refused(api.put(f"batches/{sent['id']}/confirmation", {}), 403, "missing_scope")
    refused(api.put(f"batches/{sent['id']}/cancellation"), 403, "missing_scope")
    reader = caller_for(shop, "cards:read")
    refused(reader.post("batches", wanted(shop)), 403, "missing_scope")
    assert reader.get(f"batches/{sent['id']}").json()["stage"] == "checked"


def test_another_merchants_batch_is_not_there(api: Caller) -> None:
    other = make_shop()
    for batch in (make_counted(other, 2), checked(other, b"value\nx\n5\n"), run(make_counted(other, 1))):
        path = f"batches/{batch.public_id}"
        refused(api.get(path), 404, "batch_not_found")
        refused(api.get(f"{path}/problems"), 404, "batch_not_found")
        refused(api.put(f"{path}/confirmation", {"skip_bad": True}), 404, "batch_not_found")
        for act in ("cancellation", "reversal"):
            refused(api.put(f"{path}/{act}"), 404, "batch_not_found")
        assert api.get(f"cards?batch={batch.public_id}").json()["data"] == []
    assert api.get("batches").json()["data"] == []
    theirs = wanted(other)
    assert api.post("batches", theirs).status_code == 404
    assert send(api, other, b"value\n5\n").status_code == 404
