"""Every page of the desk: there for its people, closed to other roles, and not there for other shops."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories.catalog import make_shop
from tests.factories.identity import make_member, make_person, twin_of
from tests.interfaces.console.conftest import Desk, browser_of, owner_of


def test_every_page_opens_for_the_owner(desk: Desk) -> None:
    for path in desk.pages():
        assert desk.browser.get(desk.at(path)).status_code == 200, path


def test_every_page_of_an_empty_shop_opens(empty: tuple[Client, str]) -> None:
    browser, home = empty
    for path in (
        "",
        "cards/",
        "orders/",
        "redemptions/",
        "authorizations/",
        "products/",
        "brand/",
        "designs/",
        "team/",
        "developers/",
    ):
        assert browser.get(home + path).status_code == 200, path


def test_no_page_is_open_to_a_cashier(desk: Desk) -> None:
    cashier = browser_of(make_member(desk.merchant, "cashier"))
    for path in desk.pages():
        # A cashier gives back and undoes at the till, with the same permission.
        if not path.endswith(("/refund/", "/undo/")) or "red_" not in path:
            assert cashier.get(desk.at(path)).status_code == 403, path


def test_no_page_is_there_for_another_shops_owner(desk: Desk) -> None:
    stranger = browser_of(owner_of(make_shop()))
    for path in desk.pages():
        assert stranger.get(desk.at(path)).status_code == 404, path


def test_another_shops_things_are_not_there_at_ones_own_desk(desk: Desk) -> None:
    other = make_shop()
    browser, home = browser_of(owner_of(other)), f"/console/{other.slug}/"
    for path in desk.pages():
        if "_" in path:
            assert browser.get(home + path).status_code == 404, path
            assert browser.post(home + path, {"name": "x"}).status_code in {404, 422}, path


@pytest.mark.parametrize(
    "path",
    ["cards/{card}/freeze/", "cards/{card}/unfreeze/", "cards/{card}/close/", "cards/{card}/code/",
     "products/{product}/publish/", "products/{product}/unpublish/"],
)  # fmt: skip
def test_what_changes_something_is_refused_to_other_shops_and_other_roles(desk: Desk, path: str) -> None:
    address = path.format(card=desk.line.card.public_id, product=desk.product.public_id)
    assert browser_of(make_member(desk.merchant, "cashier")).post(desk.at(address)).status_code == 403
    other = make_shop()
    answer = browser_of(owner_of(other)).post(f"/console/{other.slug}/{address}")
    assert answer.status_code in {302, 404}
    if answer.status_code == 302:  # the refusal is said on the page it leads to, which is not there either
        assert browser_of(owner_of(other)).get(answer.headers["Location"]).status_code == 404


def test_a_manager_neither_adds_people_nor_makes_keys(desk: Desk) -> None:
    manager = browser_of(make_member(desk.merchant, "manager"))
    assert manager.get(desk.at("team/")).status_code == 200
    sent = {"email": "a@example.com", "role": "manager"}
    assert manager.post(desk.at("team/invite/"), sent).status_code == 403
    assert manager.post(desk.at("developers/new/"), {"name": "x", "scopes": ["pos"]}).status_code == 403
    page = manager.get(desk.at("developers/")).content.decode()
    assert "Make a key" not in page


def test_main_pages_ask_the_database_little(desk: Desk) -> None:
    for path in desk.pages():
        with CaptureQueriesContext(connection) as caught:
            desk.browser.get(desk.at(path))
        quiet = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET ")
        asked = [one["sql"] for one in caught.captured_queries]
        count = sum(not sql.upper().startswith(quiet) and "set_config" not in sql for sql in asked)
        assert count <= 12, (path, count)


def test_pages_carry_no_inline_style_or_script(desk: Desk) -> None:
    for path in desk.pages():
        page = desk.browser.get(desk.at(path)).content.decode()
        assert " style=" not in page, path
        assert "<script>" not in page, path
        assert "onclick" not in page, path


def test_one_shop_is_opened_at_once_and_several_are_asked_for(desk: Desk) -> None:
    assert desk.browser.get("/console/").headers["Location"] == desk.home
    make_member(make_shop(name="Second"), "manager", user=desk.owner)
    assert "Second" in desk.browser.get("/console/").content.decode()
    assert "You run no shop yet" in browser_of(make_person()).get("/console/").content.decode()


def test_the_test_desk_is_one_step_away_and_says_what_it_is(desk: Desk) -> None:
    twin = twin_of(desk.merchant)
    assert f'href="/console/{twin.slug}/"' in desk.page("")
    page = desk.browser.get(f"/console/{twin.slug}/").content.decode()
    assert "Leave the test desk" in page
    assert 'badge tag warn">Test<' in page
