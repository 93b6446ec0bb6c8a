"""An answer that never came: what the page did is told plainly, and undone or prevented by its key."""

import pytest
from django.test import Client

from giftwell.interfaces.common.access import ROLES, Permission
from tests.factories.cards import balance_minor
from tests.factories.catalog import make_shop
from tests.factories.identity import make_member
from tests.interfaces.till.conftest import Till


def check(till: Till, key: str = "") -> str:
    return till.browser.get(f"{till.home}check/{key}{'/' if key else ''}").content.decode()


def undo(till: Till, key: str, browser: Client | None = None) -> str:
    answer = (browser or till.browser).post(f"{till.home}check/{key}/undo/", follow=True)
    return answer.content.decode()


def test_what_was_taken_is_told_and_undone(till: Till) -> None:
    till.scan()
    key = till.key()
    outcome = till.redeem(1000, key=key)
    for page in (check(till, key), check(till)):
        assert f"€10.00 redeemed from card {till.card.last4}" in page
        assert "Undo it" in page
    page = undo(till, key)
    assert f"Undone: €10.00 can be spent from card {till.card.last4} again" in page
    assert "Undo it" not in page
    assert balance_minor(till.card) == 5000
    assert "counts as never redeemed" in till.browser.get(outcome).content.decode()
    assert till.browser.get(f"{outcome}refund/").headers["Location"] == outcome


def test_what_was_undone_stands_in_the_day_but_not_in_its_total(till: Till) -> None:
    till.scan()
    key = till.key()
    till.redeem(1000, key=key)
    till.redeem(700)
    undo(till, key)
    answer = till.browser.get(f"{till.home}today/")
    assert answer.context["today_total"].amount_minor == 700
    page = answer.content.decode()
    assert page.count("undone</span>") == 1
    assert page.count("Give back</a>") == 1


def test_what_had_not_happened_never_will(till: Till) -> None:
    till.scan()
    key = till.key()
    assert "Nothing was taken" in check(till, key)
    assert "Nothing had happened, and now it never will" in undo(till, key)
    late = till.browser.post(till.keypad, {"key": key, "amount_minor": 1000}).content.decode()
    assert "This was undone before" in late
    assert balance_minor(till.card) == 5000
    assert "never will be" in check(till, key)


def test_a_refund_is_undone_too(till: Till) -> None:
    address = f"{till.redeem(1000)}refund/"
    key = str(till.browser.get(address).context["key"])
    till.browser.post(address, {"key": key, "amount_minor": 400})
    assert f"€4.00 given back to card {till.card.last4}" in check(till, key)
    assert f"€4.00 has left card {till.card.last4} again" in undo(till, key)
    assert balance_minor(till.card) == 4000


def test_what_cannot_be_undone_any_more_says_why(till: Till) -> None:
    till.scan()
    key = till.key()
    outcome = till.redeem(1000, key=key)
    address = f"{outcome}refund/"
    till.browser.post(address, {"key": str(till.browser.get(address).context["key"]), "amount_minor": 1})
    assert "can no longer be reversed" in undo(till, key)
    assert balance_minor(till.card) == 4001


def test_a_till_that_did_nothing_says_so(till: Till) -> None:
    assert "Nothing was done from this till yet" in check(till)


def test_only_a_tills_own_keys_stand_in_its_addresses(till: Till) -> None:
    for address in ("check/other/", "check/till-short/", "check/till-%0a/"):
        assert till.browser.get(till.home + address).status_code == 404
        assert till.browser.post(f"{till.home}{address}undo/").status_code == 404


def test_another_shops_key_did_nothing_here(till: Till) -> None:
    till.scan()
    key = till.key()
    till.redeem(1000, key=key)
    other = make_shop()
    browser = Client()
    browser.force_login(make_member(other, "cashier"))
    assert browser.get(f"{till.home}check/{key}/").status_code == 404
    assert browser.post(f"{till.home}check/{key}/undo/").status_code == 404
    browser.post(f"/till/{other.slug}/check/{key}/undo/")
    assert balance_minor(till.card) == 4000


def test_who_may_not_give_back_may_look_but_not_undo(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    till.scan()
    key = till.key()
    till.redeem(1000, key=key)
    monkeypatch.setitem(ROLES, "cashier", frozenset({Permission.TILL_REDEEM}))
    assert "Undo it" not in check(till, key)
    assert till.browser.post(f"{till.home}check/{key}/undo/").status_code == 403
    assert balance_minor(till.card) == 4000
