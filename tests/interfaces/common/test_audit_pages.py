"""The audit at both desks: filters, somebody's timeline, files to take away; nobody sees another shop's."""

import csv
import json
from datetime import timedelta

import pytest
from django.test import Client

from giftwell.foundation.audit.attempts import note_refusal
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common import audit_pages
from giftwell.interfaces.common.audit_pages import told
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_member
from tests.interfaces.console.conftest import owner_of

pytestmark = pytest.mark.django_db


def _note(merchant: Merchant | None, subject: str, action: str = "card.redeemed", days: int = 0) -> None:
    note_refusal(
        action, actor=Actor.command("=cmd"), subject=subject, reason="card_is_frozen",
        merchant_id=merchant.id if merchant else None, at=now() - timedelta(days=days),
    )  # fmt: skip


def _at(merchant: Merchant, role: str = "owner") -> Client:
    person = owner_of(merchant) if role == "owner" else make_member(merchant, role)
    browser = Client()
    browser.force_login(person)
    return browser


@pytest.fixture
def platform() -> Client:
    """The browser of an administrator."""
    browser = Client()
    browser.force_login(
        create_admin(email="ada@example.com", name="Ada", password=None, actor=TESTS, now=now())
    )
    return browser


def _page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_a_shop_sees_its_own_rows_and_never_another_s(platform: Client) -> None:
    own, other = make_shop(), make_shop()
    _note(own, "card_own")
    _note(other, "card_other")
    _note(None, "card_nobodys")
    home = f"/console/{own.slug}/audit/"
    browser = _at(own)
    for path in (home, home + "?subject=card_other", home + "export.csv", home + "export.json"):
        text = _page(browser, path)
        assert "/code>card_other" not in text
        assert "<code>card_other</code>" not in text
        assert ",card_other," not in text
        assert "card_nobodys" not in text
    assert "card_own" in _page(browser, home)
    assert browser.get(f"/console/{other.slug}/audit/").status_code == 404
    assert browser.get(f"/console/{other.slug}/audit/export.csv").status_code == 404
    everything = _page(platform, "/backoffice/audit/")
    assert all(name in everything for name in ("card_own", "card_other", "card_nobodys"))


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("manager", 403), ("cashier", 403)])
def test_who_may_look(role: str, status: int) -> None:
    shop = make_shop()
    browser = _at(shop, role)
    for path in ("", "export.csv", "export.json"):
        assert browser.get(f"/console/{shop.slug}/audit/{path}").status_code == status


def test_filters_find_what_was_asked_for(platform: Client) -> None:
    _note(None, "card_1")
    _note(None, "card_2", days=9)
    _note(None, "ord_3", action="order.refunded")
    (day,) = {(now() - timedelta(days=n)).date() for n in (2,)}
    wanted = {
        "?action=card.redeemed": {"card_1", "card_2"},
        "?action=card.": {"card_1", "card_2"},
        "?action=order.refunded": {"ord_3"},
        "?subject=ord_3": {"ord_3"},
        "?actor=command:%3Dcmd": {"card_1", "card_2", "ord_3"},
        "?actor=command:other": set(),
        f"?since={day}&action=card.": {"card_1"},
        f"?until={day}&action=card.": {"card_2"},
        "?outcome=done&action=card.": set(),
        "?outcome=refused&action=card.": {"card_1", "card_2"},
    }
    for query, expected in wanted.items():
        rows = json.loads(_page(platform, f"/backoffice/audit/export.json{query}"))["rows"]
        assert {one["subject"] for one in rows} - {""} >= expected, query
        found = {one["subject"] for one in rows if one["actor"] == "command:=cmd"}
        assert found == expected, query
        page = _page(platform, f"/backoffice/audit/{query}")
        assert all(f"<code>{name}</code>" in page for name in expected), query


def test_a_filter_that_cannot_be_read_says_which_field(platform: Client) -> None:
    assert "Enter a valid date" in _page(platform, "/backoffice/audit/?since=yesterday")
    answer = platform.get("/backoffice/audit/export.csv?since=yesterday")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["since"])
    assert platform.get("/backoffice/audit/?merchant=x").status_code == 422


def test_older_rows_are_on_the_next_page(platform: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_pages, "_SHOWN", 2)
    for n in range(5):
        _note(None, f"card_{n}")
    seen: list[str] = []
    path = "?action=card."
    while path:
        answer = platform.get(f"/backoffice/audit/{path}")
        seen += [one.row.subject for one in answer.context["lines"]]
        path = answer.context["older"]
    assert seen == [f"card_{n}" for n in (4, 3, 2, 1, 0)]


def test_the_timeline_of_somebody_has_their_name() -> None:
    shop = make_shop()
    browser = _at(shop)
    page = _page(browser, f"/console/{shop.slug}/audit/?actor={Actor.person(owner_of(shop).pk)}")
    assert "did</h2>" in page


def test_a_file_is_safe_in_a_spreadsheet_and_its_taking_is_written_down() -> None:
    shop = make_shop()
    _note(shop, "=HYPERLINK(1)")
    browser = _at(shop)
    path = f"/console/{shop.slug}/audit/export.csv?action=card."
    rows = list(csv.DictReader(_page(browser, path).splitlines()))
    assert [one["subject"] for one in rows] == ["'=HYPERLINK(1)"]
    with scope.merchant(shop.id), reading():
        taken = AuditRow.objects.get(action="audit.exported")
    assert taken.changes == {"rows": 1, "kind": "csv", "action": "card."}
    assert (taken.outcome, taken.merchant_id) == ("done", shop.id)
    assert taken.actor == str(Actor.person(owner_of(shop).pk))


def test_changes_are_told_in_lines() -> None:
    assert told({"name": ["a", "b"], "places": [None, ["x"]], "rows": 3}) == [
        "name: a → b",
        'places: \u2013 → ["x"]',
        "rows: 3",
    ]
    assert told(None) == []
