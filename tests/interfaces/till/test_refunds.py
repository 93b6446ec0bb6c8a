"""Giving back at the till: at most what was taken, once, by a role that may."""

import pytest
from django.test import Client

from giftwell.foundation.identity.add_location import add_location
from giftwell.foundation.identity.add_member import add_member
from giftwell.interfaces.common.access import ROLES, Permission
from giftwell.kit.clock import now
from tests.factories.cards import balance_minor
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, location_of, make_member, make_person
from tests.interfaces.till.conftest import Till


def refund_of(outcome: str) -> str:
    return f"{outcome}refund/"


def key_of(till: Till, address: str) -> str:
    return str(till.browser.get(address).context["key"])


def test_a_part_and_then_the_rest_can_be_given_back(till: Till) -> None:
    outcome = till.redeem(3000)
    address = refund_of(outcome)
    till.browser.post(address, {"key": key_of(till, address), "amount_minor": 1000})
    assert balance_minor(till.card) == 3000
    page = till.browser.get(outcome).content.decode()
    assert "Given back" in page
    assert "€20.00" in page
    till.browser.post(address, {"key": key_of(till, address), "amount_minor": 2000})
    assert balance_minor(till.card) == 5000
    assert till.browser.get(address).headers["Location"] == outcome


def test_more_than_was_taken_is_not_given_back(till: Till) -> None:
    address = refund_of(till.redeem(1000))
    answer = till.browser.post(address, {"key": key_of(till, address), "amount_minor": 1001})
    assert answer.status_code == 200
    assert "more than what is left" in answer.content.decode()
    assert balance_minor(till.card) == 4000


def test_one_page_sent_twice_gives_back_once(till: Till) -> None:
    address = refund_of(till.redeem(1000))
    key = key_of(till, address)
    till.browser.post(address, {"key": key, "amount_minor": 400})
    till.browser.post(address, {"key": key, "amount_minor": 400})
    till.browser.post(address, {"key": key, "amount_minor": 500})
    assert balance_minor(till.card) == 4400


def test_the_day_lists_redemptions_with_cashier_and_totals_less_what_was_given_back(till: Till) -> None:
    address = refund_of(till.redeem(1000))
    till.redeem(500)
    till.browser.post(address, {"key": key_of(till, address), "amount_minor": 400})
    answer = till.browser.get(f"{till.home}today/")
    page = answer.content.decode()
    assert answer.context["today_total"].amount_minor == 1100
    assert page.count("Give back</a>") == 2
    assert till.cashier.name in page


def test_an_empty_day_says_what_will_stand_here(till: Till) -> None:
    assert "Nothing redeemed here yet today" in till.browser.get(f"{till.home}today/").content.decode()


def test_another_shops_redemption_is_not_there(till: Till) -> None:
    outcome = till.redeem(1000)
    other = make_shop()
    browser = Client()
    browser.force_login(make_member(other, "cashier"))
    for address in (outcome, refund_of(outcome)):
        foreign = address.replace(till.merchant.slug, other.slug)
        assert browser.get(foreign).status_code == 404
        assert browser.post(foreign, {"amount_minor": 1}).status_code in {404, 405}
    assert balance_minor(till.card) == 4000


def test_a_role_without_refunds_sees_no_way_to_give_back(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = till.redeem(1000)
    monkeypatch.setitem(ROLES, "cashier", frozenset({Permission.TILL_REDEEM}))
    assert till.browser.get(refund_of(outcome)).status_code == 403
    assert till.browser.post(refund_of(outcome), {"amount_minor": 1}).status_code == 403
    assert b"refund/" not in till.browser.get(outcome).content


def test_a_cashier_of_one_place_neither_stands_nor_looks_at_another(till: Till) -> None:
    outcome = till.redeem(1000)
    elsewhere = add_location(merchant=till.merchant, name="Old Harbour", actor=TESTS, now=now())
    person = make_person()
    add_member(
        merchant=till.merchant, user=person, role="cashier", locations=[elsewhere], actor=TESTS, now=now()
    )
    browser = Client()
    browser.force_login(person)
    assert "Old Harbour" in browser.get(till.home).content.decode()
    assert browser.get(outcome).status_code == 404
    first = location_of(till.merchant).public_id
    assert (
        "Choose one of these places"
        in browser.post(f"{till.home}place/", {"location": first}).content.decode()
    )


def test_with_several_places_the_till_asks_once_and_remembers(till: Till) -> None:
    elsewhere = add_location(merchant=till.merchant, name="Old Harbour", actor=TESTS, now=now())
    assert till.browser.get(till.home).headers["Location"] == f"{till.home}place/"
    till.browser.post(f"{till.home}place/", {"location": elsewhere.public_id})
    assert "Old Harbour" in till.browser.get(till.home).content.decode()


def test_main_pages_ask_the_database_little(till: Till) -> None:
    outcome = till.redeem(1000)
    till.scan()
    for address in (till.home, till.keypad, f"{till.home}today/", outcome):
        assert queries(till.browser, address) <= 12, address


def queries(browser: Client, address: str) -> int:
    """Statements that read or write rows; opening a transaction and writing its scope is not counted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        assert browser.get(address).status_code == 200
    quiet = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET ")
    asked = [one["sql"] for one in caught.captured_queries]
    return sum(not sql.upper().startswith(quiet) and "set_config" not in sql for sql in asked)
