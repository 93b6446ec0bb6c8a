"""Doors, first part: what is asked, and whose things are asked for."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from giftwell.config.openapi import document
from giftwell.domain.orders.queries import view_order
from giftwell.foundation.tenancy import PLATFORM, scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.redeem import redeem as redeem_command
from tests.database import OwnDatabase
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.factories.catalog import make_shop as make_bare_shop
from tests.factories.catalog import promo_of
from tests.factories.identity import location_of, make_member, twin_of
from tests.factories.orders import make_shop
from tests.hostile.ground import as_merchant, browser_of, run
from tests.interfaces.api.caller import caller_for, fresh_key, refused
from tests.interfaces.console.conftest import Desk, desk, owner_of
from tests.interfaces.pos.tills import Till, at_the_till

__all__ = ["desk"]

REST = [
    (method, path)
    for path, operations in document()["paths"].items()
    for method in operations
    if not path.startswith("/v1/pos/")
]


def _at(path: str) -> str:
    """The path of an operation, with ids of the right shape that nobody has."""
    for name, prefix in (("card_id", "card"), ("order_id", "ord"), ("product_id", "prod")):
        path = path.replace("{" + name + "}", f"{prefix}_06f3v9q1d8h2k7m4n5p6r8s9t0")
    return path.replace("{redemption_id}", "red_06f3v9q1d8h2k7m4n5p6r8s9t0").replace("{key}", "some-key")


@pytest.mark.line("doors-1")
@pytest.mark.parametrize(("method", "path"), REST, ids=lambda one: one)
def test_an_unknown_parameter_or_field_is_refused_at_every_operation(
    db: None, method: str, path: str
) -> None:
    api = caller_for(make_bare_shop())
    headers = {"Authorization": f"Bearer {api.secret}", "Idempotency-Key": fresh_key()}
    asked = getattr(api.client, method)
    answer = asked(_at(path) + "?limitt=5", headers=headers, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_parameter")
    assert "limitt" in answer.json()["errors"]
    taken = document()["paths"][path][method].get("requestBody", {}).get("content", {})
    if method in {"post", "put"} and "application/json" in taken:
        body = {"is_admin": True, "merchant_id": "x"}
        answer = asked(_at(path), body, headers=headers, content_type="application/json")
        assert answer.status_code == 422
        assert "is_admin" in answer.json()["errors"], answer.json()


@pytest.mark.line("doors-1")
@pytest.mark.parametrize("path", [path for method, path in REST if method == "get" and "{" not in path])
def test_a_page_of_a_list_is_bounded(db: None, path: str) -> None:
    api = caller_for(make_bare_shop())
    takes = {one["name"] for one in document()["paths"][path]["get"].get("parameters", [])}
    for limit in ("0", "-1", "101", "1000000", "1e2", "\u0661"):
        answer = api.get(path.removeprefix("/v1/") + f"?limit={limit}")
        assert answer.status_code == 422, (limit, answer.content)
    assert "limit" in takes or path == "/v1/designs"


@pytest.mark.line("doors-1")
def test_the_point_of_sale_refuses_unknown_fields_and_parameters(own_database: OwnDatabase) -> None:
    merchant = make_bare_shop()
    card = make_promo_card(merchant)
    body = {"code": code_of(card), "amount_minor": 100, "currency": "EUR"}
    auth = "auth_06f3v9q1d8h2k7m4n5p6r8s9t0"
    smuggled = {"price_minor": 1, "merchant": "x"}
    asked: dict[str, dict[str, Any]] = {
        "redemptions": body, "authorizations": body, "balance": {"code": body["code"]},
        "refunds": {"redemption": "red_x"}, f"authorizations/{auth}/capture": {},
        f"authorizations/{auth}/void": {}, "batch": {"operations": []},
    }  # fmt: skip

    async def story(till: Till) -> None:
        for path, fields in asked.items():
            assert (await till.post(path, {**fields, **smuggled})).status_code == 422, path
        many = {"operations": [{"operation": "balance", "code": "x"}] * 501}
        assert (await till.post("batch", many, key=None)).status_code == 422

    at_the_till(own_database, merchant, story)
    assert balance_minor(card) == 5000


FORMS = [
    "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/start/",
    "/wallet/keep/", "/shops/{slug}/balance/", "/shops/{slug}/{product}/", "/console/{slug}/cards/issue/",
    "/console/{slug}/cards/{card}/freeze/", "/console/{slug}/cards/{card}/code/",
    "/console/{slug}/cards/{card}/close/", "/console/{slug}/products/new/", "/console/{slug}/brand/",
    "/console/{slug}/brand/logo/", "/console/{slug}/designs/", "/console/{slug}/locations/",
    "/console/{slug}/team/invite/", "/console/{slug}/developers/new/",
]  # fmt: skip


@pytest.mark.line("doors-1")
@pytest.mark.parametrize("path", FORMS)
def test_a_field_that_a_form_does_not_have_is_refused(desk: Desk, path: str) -> None:
    where = path.format(slug=desk.merchant.slug, product=desk.product.slug, card=desk.line.card.public_id)
    browser = Client() if "/login/" in path or "/signup/" in path else desk.browser
    answer = browser.post(where, {"merchant_id": "x", "role": "owner", "price": "1"})
    assert answer.status_code == 422, (where, answer.status_code)


QUERIES = [
    "cursor=x", "cursor=%00", "q=%00", "status=%00", "program=%00&batch=%00", "location=%00", "days=1e9",
    "status=%27--", "q=" + "x" * 3000,
]  # fmt: skip


@pytest.mark.line("doors-1")
@pytest.mark.parametrize("query", QUERIES, ids=lambda one: one[:20])
def test_a_query_that_makes_no_sense_breaks_no_page(desk: Desk, query: str) -> None:
    owner = browser_of(desk.owner)
    for path in desk.pages():
        assert owner.get(f"{desk.at(path)}?{query}").status_code < 500, path
    shop = f"/shops/{desk.merchant.slug}/"
    for path in ("/", shop, "/themes.css", "/wallet/", "/wallet/orders/", "/outbox/", "/accounts/login/"):
        assert owner.get(f"{path}?{query}&after=%00&of=%00&next=%00&before=%00").status_code < 500, path


@pytest.mark.line("doors-1")
@pytest.mark.parametrize(
    "path",
    ["/gift/%00/", "/orders/%00/", "/orders/%00/state/", "/outbox/%00/", "/sandbox-processor/pay/%00/",
     "/shops/%00/", "/console/x/cards/%00/", "/backoffice/merchants/%00/", "/v1/cards/%00", "/%00",
     "/inbound/payments/%00/",
     "/accounts/confirm-email/%00/", "/accounts/password/reset/key/%00-%00/"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_not_found(db: None, path: str) -> None:
    for method in ("get", "post", "put"):
        answer = getattr(Client(raise_request_exception=False), method)(path)
        assert answer.status_code < 500, (method, path)


@pytest.mark.line("doors-2")
def test_another_merchants_objects_are_not_there_by_id(desk: Desk) -> None:
    api = caller_for(make_shop().merchant)
    card, order = desk.line.card.public_id, desk.order.public_id
    product = desk.product.public_id
    for method, path in (
        ("get", f"cards/{card}"), ("put", f"cards/{card}/freeze"), ("delete", f"cards/{card}/freeze"),
        ("get", f"orders/{order}"), ("get", f"products/{product}"),
        ("put", f"products/{product}/publication"),
        ("delete", f"products/{product}/publication"), ("get", f"redemptions/{desk.redemption}"),
        ("get", "idempotency/lunch"),
    ):  # fmt: skip
        assert getattr(api, method)(path).status_code == 404, path
    refused(api.post(f"cards/{card}/code", {}), 404, "card_not_found")
    assert api.put(f"cards/{card}/closure", {}).status_code == 404
    for body in ({"redemption": desk.redemption}, {"order_card": desk.line.public_id}):
        assert api.post("refunds", body).status_code == 404
    spend = {"code": code_of(desk.line.card), "amount_minor": 1, "currency": "EUR"}
    refused(api.post("redemptions", spend), 404, "card_not_found")
    away = {**spend, "location": location_of(desk.merchant).public_id}
    mine = make_bare_shop()
    own = {**away, "code": code_of(make_promo_card(mine))}
    assert caller_for(mine).post("redemptions", own).status_code == 404
    assert balance_minor(desk.line.card) == 3000


@pytest.mark.line("doors-2")
def test_another_merchants_objects_stand_in_no_list_and_answer_no_filter(desk: Desk) -> None:
    api = caller_for(make_bare_shop())
    card, program = desk.line.card, promo_of(desk.merchant).public_id
    for path in ("cards", "orders", "products", "redemptions"):
        assert api.get(path).json()["data"] == [], path
    for path in (
        f"cards?last4={card.last4}", f"cards?program={program}", f"orders?number={desk.order.number}",
        f"redemptions?card={card.public_id}",
    ):  # fmt: skip
        answer = api.get(path)
        assert answer.status_code == 404 or answer.json()["data"] == [], path
    assert {one["id"] for one in api.get("programs").json()["data"]}.isdisjoint({program})


@pytest.mark.line("doors-2")
def test_another_merchants_objects_are_found_by_no_search_of_a_desk(desk: Desk) -> None:
    other = make_bare_shop()
    browser, home = browser_of(owner_of(other)), f"/console/{other.slug}/"
    card, order = desk.line.card, desk.order
    for path in (
        f"cards/?q={card.last4}", f"cards/?q={order.number}", f"cards/?batch={desk.given.public_id}",
        f"orders/?q={order.number}", f"orders/?q={order.buyer_email}",
        f"redemptions/?location={location_of(desk.merchant).public_id}",
    ):  # fmt: skip
        page = browser.get(home + path)
        assert page.status_code == 200, path
        for told in (card.public_id, desk.given.public_id, order.public_id, desk.redemption):
            assert told not in page.content.decode(), path
    assert browser.get(desk.at("figures.csv")).status_code == 404
    assert browser.get(f"/till/{desk.merchant.slug}/").status_code == 404


@pytest.mark.line("doors-2")
def test_another_merchants_code_is_unknown_at_the_till_the_counter_and_the_command(
    own_database: OwnDatabase,
) -> None:
    theirs, mine = make_bare_shop(), make_bare_shop()
    card = make_promo_card(theirs)
    code = code_of(card)

    async def story(till: Till) -> list[int]:
        body = {"code": code, "amount_minor": 1, "currency": "EUR"}
        told = [await till.post(path, body) for path in ("redemptions", "authorizations")]
        return [one.status_code for one in [*told, await till.post("balance", {"code": code})]]

    assert at_the_till(own_database, mine, story) == [404, 404, 404]
    till = browser_of(make_member(mine, "cashier"))
    assert "No card of this shop" in till.post(f"/till/{mine.slug}/", {"code": code}).content.decode()
    assert isinstance(
        run(redeem_command, "--merchant", mine.slug, "--code", code, "--amount", "1"), Exception
    )
    assert balance_minor(card) == 5000


@pytest.mark.line("doors-2")
def test_a_test_key_reaches_no_live_card_and_a_live_key_no_test_card(db: None) -> None:
    live = make_bare_shop()
    test = twin_of(live)
    card = make_promo_card(live)
    api = caller_for(test)
    assert api.secret.startswith("gw_test_")
    assert api.get(f"cards/{card.public_id}").status_code == 404
    refused(api.post("redemptions", {"code": code_of(card), "amount_minor": 1, "currency": "EUR"}), 404,
            "card_not_found")  # fmt: skip


@pytest.mark.line("doors-2")
def test_one_merchants_scope_sees_no_row_of_another_in_any_table(desk: Desk) -> None:
    """What an injection would see: every table that knows a merchant, asked without any condition."""
    other = make_shop()
    with connection.cursor() as cursor:
        cursor.execute(
            """select table_name from information_schema.columns
               where table_schema = 'public' and column_name = 'merchant_id' order by 1"""
        )
        tables = [name for (name,) in cursor.fetchall()]
    assert len(tables) > 15
    seen = {}
    with as_merchant(other.merchant) as cursor:
        for table in tables:
            cursor.execute(
                f"select count(*) from {table} where merchant_id not in (%s, %s)", [other.id, PLATFORM]
            )
            (seen[table],) = cursor.fetchone()
    assert {table: count for table, count in seen.items() if count} == {}


@pytest.mark.line("doors-2")
def test_an_order_and_a_gift_are_not_there_in_another_merchants_scope(desk: Desk) -> None:
    other = make_bare_shop()
    with scope.merchant(other.id), reading(), pytest.raises(Exception, match="no such order"):
        view_order(other.id, desk.order.id)
