"""Cards over REST: issued, listed, read, frozen, closed; a code for whoever may see it; never another
merchant's.
"""

import pytest

from giftwell.domain.cards.models import Card
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.codes import display
from giftwell.kit.ids import new_id, public_id
from tests.factories.cards import code_of, make_promo_card, make_sold_card
from tests.factories.catalog import design_of, escrow_of, make_shop, promo_of
from tests.interfaces.api.caller import Caller, caller_for, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def api(shop: Merchant) -> Caller:
    return caller_for(shop)


def _issue_body(shop: Merchant, amount_minor: int = 2500, currency: str = "EUR") -> dict[str, object]:
    value = {"amount_minor": amount_minor, "currency": currency}
    return {"program": promo_of(shop).public_id, "value": value, "design": design_of(shop).public_id}


def test_a_promo_card_is_issued_with_its_code(api: Caller, shop: Merchant) -> None:
    answer = api.post("cards", _issue_body(shop))
    card = answer.json()
    assert answer.status_code == 201
    assert card["status"] == "active"
    assert card["balance"] == {"amount_minor": 2500, "currency": "EUR"}
    assert card["code"].replace("-", "").endswith(card["last4"])
    assert answer["Cache-Control"] == "no-store"
    assert api.get(f"cards/{card['id']}").json() == {key: card[key] for key in card if key != "code"}


def test_the_same_key_gives_the_same_card_for_ever(api: Caller, shop: Merchant) -> None:
    first = api.post("cards", _issue_body(shop), key="gift-1")
    again = api.post("cards", _issue_body(shop), key="gift-1")
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"


def test_the_same_key_with_another_body_names_what_differs(api: Caller, shop: Merchant) -> None:
    api.post("cards", _issue_body(shop), key="gift-1")
    problem = refused(api.post("cards", _issue_body(shop, 9900), key="gift-1"), 422, "idempotency_conflict")
    assert list(problem["errors"]) == ["value_minor"]


def test_a_sold_program_gives_no_card_away(api: Caller, shop: Merchant) -> None:
    body = {"program": escrow_of(shop).public_id, "value": {"amount_minor": 2500, "currency": "EUR"}}
    refused(api.post("cards", body), 409, "program_needs_payment")
    assert api.get("cards").json()["data"] == []


def test_a_card_in_another_currency_is_refused(api: Caller, shop: Merchant) -> None:
    refused(api.post("cards", _issue_body(shop, currency="USD")), 422, "currency_mismatch")


def test_a_list_is_paged_newest_first(api: Caller, shop: Merchant) -> None:
    made = [make_promo_card(shop).public_id for _ in range(5)]
    shown, cursor = [], ""
    while True:
        page = api.get(f"cards?limit=2{cursor}").json()
        shown += [card["id"] for card in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert shown == made[::-1]


def test_a_list_is_narrowed_by_status_program_and_last_four(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    api.put(f"cards/{make_promo_card(shop).public_id}/freeze")
    assert [one["id"] for one in api.get("cards?status=active").json()["data"]] == [card.public_id]
    assert [one["id"] for one in api.get(f"cards?last4={card.last4}").json()["data"]] == [card.public_id]
    assert len(api.get(f"cards?program={promo_of(shop).public_id}").json()["data"]) == 2
    refused(api.get(f"cards?last4={card.last4[:3]}"), 422, "not_valid")


def test_a_freeze_is_put_and_deleted_and_both_can_be_repeated(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    for _ in range(2):
        assert api.put(f"cards/{card.public_id}/freeze").json()["status"] == "frozen"
    for _ in range(2):
        assert api.delete(f"cards/{card.public_id}/freeze").json()["status"] == "active"


def test_a_promo_card_is_closed_and_its_value_goes_back(api: Caller, shop: Merchant) -> None:
    card = api.put(f"cards/{make_promo_card(shop).public_id}/closure", {"reason": "cancelled"}).json()
    assert (card["status"], card["close_reason"]) == ("closed", "cancelled")
    assert card["balance"]["amount_minor"] == 0


def test_a_sold_card_with_a_balance_is_not_closed(api: Caller, shop: Merchant) -> None:
    card = make_sold_card(shop)
    refused(api.put(f"cards/{card.public_id}/closure", {}), 409, "card_has_balance")
    assert api.get(f"cards/{card.public_id}").json()["balance"]["amount_minor"] == 5000


def test_a_code_is_revealed_to_who_may_write_cards(api: Caller, shop: Merchant) -> None:
    card = make_promo_card(shop)
    answer = api.post(f"cards/{card.public_id}/code", {})
    assert answer.json() == {"code": display(code_of(card))}
    assert answer["Cache-Control"] == "no-store"
    reader = caller_for(shop, "cards:read")
    refused(reader.post(f"cards/{card.public_id}/code", {}), 403, "missing_scope")


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("put", "/freeze"), ("delete", "/freeze"), ("put", "/closure"), ("post", "/code")],
)
def test_another_merchants_card_is_not_there(api: Caller, shop: Merchant, method: str, path: str) -> None:
    foreign = make_promo_card(make_shop())
    body = ({},) if method != "get" and method != "delete" else ()
    for card_id in (foreign.public_id, public_id(Card.PREFIX, new_id()), "card_x", "nonsense"):
        answer = getattr(api, method)(f"cards/{card_id}{path}", *body)
        assert answer.status_code == 404, answer.content
    assert foreign.public_id not in str(api.get("cards").json())


def test_another_merchants_program_and_design_are_not_there(api: Caller, shop: Merchant) -> None:
    other = make_shop()
    refused(api.post("cards", _issue_body(other)), 404, "program_is_unknown")
    body = {**_issue_body(shop), "design": design_of(other).public_id}
    refused(api.post("cards", body), 404, "design_is_unknown")
