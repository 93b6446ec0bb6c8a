"""Value that moves, over REST: loads, top-ups, transfers, merges, splits and replacements."""

import pytest

from giftwell.domain.cards.models import Card
from giftwell.domain.orders.fulfil_order import fulfil_order
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id, parse_id, public_id
from tests.factories.cards import balance_minor, make_promo_card, make_sold_card, read
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS
from tests.factories.payments import hear, payment_of
from tests.interfaces.api.caller import Caller, caller_for, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def api(shop: Merchant) -> Caller:
    return caller_for(shop)


def euros(amount_minor: int) -> dict[str, object]:
    return {"amount_minor": amount_minor, "currency": "EUR"}


def pair(one: Card, other: Card, amount_minor: int | None = None) -> dict[str, object]:
    named = {"from": one.public_id, "to": other.public_id}
    return named if amount_minor is None else {**named, **euros(amount_minor)}


def test_a_transfer_answers_the_same_for_ever(api: Caller, shop: Merchant) -> None:
    one, other = make_sold_card(shop, 5000), make_sold_card(shop, 1000)

    first = api.post("transfers", pair(one, other, 1500), key="t-1")
    api.post("transfers", pair(other, one, 100))
    again = api.post("transfers", pair(one, other, 1500), key="t-1")

    assert first.status_code == 201
    told = first.json()
    assert (told["from"], told["to"]) == (one.public_id, other.public_id)
    assert (told["from_balance_minor"], told["to_balance_minor"]) == (3500, 2500)
    assert (again.json(), again["Idempotent-Replayed"]) == (told, "true")
    assert api.get("idempotency/t-1").json()["resource"] == told["id"]
    problem = refused(api.post("transfers", pair(one, other, 9), key="t-1"), 422, "idempotency_conflict")
    assert list(problem["errors"]) == ["amount_minor"]


def test_refusals_name_the_card_or_the_rule(api: Caller, shop: Merchant) -> None:
    one, other, given = make_sold_card(shop, 5000), make_sold_card(shop), make_promo_card(shop)
    api.put(f"cards/{other.public_id}/freeze")

    assert list(refused(api.post("transfers", pair(one, other, 1)), 409, "card_is_frozen")["errors"]) == [
        "to"
    ]
    refused(api.post("transfers", pair(one, given, 1)), 409, "cards_do_not_match")
    refused(api.post("transfers", pair(one, one, 1)), 422, "same_card")
    refused(api.post("transfers", pair(given, make_promo_card(shop), 5001)), 402, "insufficient_funds")
    dollars = {**pair(one, make_sold_card(shop)), "amount_minor": 1, "currency": "USD"}
    refused(api.post("transfers", dollars), 422, "wrong_currency")


@pytest.mark.parametrize("amount", [0, -1, 1.5, "5", None, True, 10**12])
def test_an_amount_that_is_none_is_a_problem_of_its_field(
    api: Caller, shop: Merchant, amount: object
) -> None:
    body = {**pair(make_sold_card(shop), make_sold_card(shop)), "amount_minor": amount, "currency": "EUR"}
    assert list(refused(api.post("transfers", body), 422, "not_valid")["errors"]) == ["amount_minor"]


def test_a_merge_ends_the_card_it_comes_from(api: Caller, shop: Merchant) -> None:
    one, other = make_sold_card(shop, 5000), make_sold_card(shop, 1000)

    told = api.post("merges", pair(one, other)).json()

    assert (told["amount_minor"], told["to_balance_minor"], told["from_balance_minor"]) == (5000, 6000, 0)
    shown = api.get(f"cards/{one.public_id}").json()
    assert (shown["status"], shown["close_reason"]) == ("closed", "merged")


def test_a_split_makes_cards_whose_codes_are_asked_for(api: Caller, shop: Merchant) -> None:
    whole = make_sold_card(shop, 5000)
    body = {"card": whole.public_id, "amounts_minor": [2000, 500], "currency": "EUR"}

    answer = api.post("splits", body, key="s-1")
    told = answer.json()

    assert (answer.status_code, told["balance_minor"]) == (201, 2500)
    assert [part["amount_minor"] for part in told["cards"]] == [2000, 500]
    part = api.get(f"cards/{told['cards'][0]['id']}").json()
    assert (part["split_from"], part["balance"]) == (whole.public_id, euros(2000))
    assert api.post(f"cards/{part['id']}/code", None, key=None).json()["code"].endswith(part["last4"])
    assert api.post("splits", body, key="s-1").json() == told
    refused(api.post("splits", {**body, "currency": "USD"}), 422, "wrong_currency")
    refused(api.post("splits", {**body, "amounts_minor": []}), 422, "not_valid")
    refused(api.post("splits", {**body, "amounts_minor": [2501]}), 402, "insufficient_funds")


def test_a_replacement_carries_the_lost_card_on(api: Caller, shop: Merchant) -> None:
    lost = make_sold_card(shop, 5000)

    answer = api.post(f"cards/{lost.public_id}/replacement", None, key="r-1")
    told = answer.json()

    assert (answer.status_code, told["from"], told["amount_minor"]) == (201, lost.public_id, 5000)
    assert api.get(f"cards/{told['to']}").json()["replaces"] == lost.public_id
    refused(api.post(f"cards/{lost.public_id}/code", None, key=None), 409, "card_is_closed")
    assert api.post(f"cards/{lost.public_id}/replacement", None, key="r-1").json() == told


def test_a_given_card_is_loaded_and_a_sold_one_is_not(api: Caller, shop: Merchant) -> None:
    card, sold = make_promo_card(shop, 5000), make_sold_card(shop)

    told = api.post(f"cards/{card.public_id}/loads", euros(2000), key="l-1")

    assert (told.status_code, told.json()["balance_minor"]) == (201, 7000)
    assert api.post(f"cards/{card.public_id}/loads", euros(2000), key="l-1").json() == told.json()
    refused(api.post(f"cards/{sold.public_id}/loads", euros(2000)), 409, "program_needs_payment")


def test_a_top_up_is_an_order_that_loads_once_it_is_paid(api: Caller, shop: Merchant) -> None:
    card = make_sold_card(shop, 5000)
    body = {"card": card.public_id, "value": euros(2000), "buyer": {"email": "tomas@example.com"}}

    placed = api.post("top-ups", body, key="u-1").json()
    assert placed["payment_url"]
    assert placed["lines"][0]["is_load"] is True
    assert placed["lines"][0]["product"] is None
    assert api.post("top-ups", body, key="u-1").json()["id"] == placed["id"]

    order_id = parse_id("ord", placed["id"])
    assert hear(payment_of(shop.id, order_id)) == "settled"
    fulfil_order(merchant_id=shop.id, order_id=order_id, actor=TESTS, now=now())

    assert balance_minor(card) == 7000
    line = api.get(f"orders/{placed['id']}").json()["lines"][0]["id"]
    assert api.post("refunds", {"order_card": line, "amount_minor": 700}).status_code == 201
    assert balance_minor(card) == 6300


def test_every_movement_needs_a_key_and_the_scope(api: Caller, shop: Merchant) -> None:
    one, other = make_sold_card(shop), make_sold_card(shop)
    bodies = {
        "transfers": pair(one, other, 1),
        "merges": pair(one, other),
        "splits": {"card": one.public_id, "amounts_minor": [1, 2], "currency": "EUR"},
        f"cards/{one.public_id}/loads": euros(1000),
        f"cards/{one.public_id}/replacement": None,
        "top-ups": {"card": one.public_id, "value": euros(1000), "buyer": {"email": "tomas@example.com"}},
    }
    reader = caller_for(shop, "cards:read", "orders:read")
    for path, body in bodies.items():
        refused(api.post(path, body, key=None), 400, "idempotency_key_missing")
        refused(reader.post(path, body), 403, "missing_scope")
    assert (balance_minor(one), balance_minor(other)) == (5000, 5000)


def test_another_merchants_cards_are_not_there(api: Caller, shop: Merchant) -> None:
    mine, theirs = make_sold_card(shop), make_sold_card(make_shop())
    nobody = public_id("card", new_id())
    for name in (theirs.public_id, nobody):
        there, back = {"from": mine.public_id, "to": name}, {"from": name, "to": mine.public_id}
        for body in (there, back):
            refused(api.post("transfers", {**body, **euros(1)}), 404, "card_not_found")
            refused(api.post("merges", body), 404, "card_not_found")
        split = {"card": name, "amounts_minor": [1, 2], "currency": "EUR"}
        refused(api.post("splits", split), 404, "card_not_found")
        refused(api.post(f"cards/{name}/replacement", None), 404, "card_not_found")
        refused(api.post(f"cards/{name}/loads", euros(1000)), 404, "card_not_found")
        body = {"card": name, "value": euros(1000), "buyer": {"email": "tomas@example.com"}}
        refused(api.post("top-ups", body), 404, "card_not_found")
    assert (balance_minor(theirs), read(theirs).status) == (5000, "active")
