"""Keys and access at the desk: none stronger than its maker, bounds that hold, nobody shut out by mistake."""

import re

import pytest

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.models import AccessRules, ApiKey
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from tests.factories.identity import make_api_key, make_member, twin_of
from tests.interfaces.api.caller import Caller
from tests.interfaces.console.conftest import Desk, browser_of

_SECRET = re.compile(r"gw_(?:live|test)_[\w-]{20,}")


def _keys(merchant):
    with scope.merchant(merchant.id), reading():
        return {one.name: one for one in ApiKey.objects.filter(merchant=merchant)}


def test_a_key_is_made_with_bounds_changed_and_rotated(desk: Desk):
    sent = {
        "name": "Web shop", "scopes": ["cards:read"], "ends_in_days": "30",
        "networks": "203.0.113.0/24\n\n127.0.0.1", "requests_a_minute": "100",
    }  # fmt: skip
    page = desk.browser.post(desk.at("developers/new/"), sent)
    secret = _SECRET.search(page.content.decode()).group()
    assert "no-store" in page["Cache-Control"]
    assert Caller(secret).get("cards").status_code == 200
    key = _keys(desk.merchant)["Web shop"]
    assert (key.networks, key.requests_a_minute) == (["203.0.113.0/24", "127.0.0.1/32"], 100)
    assert key.expires_at is not None
    at = f"developers/{key.public_id}/"
    desk.browser.post(desk.at(at), {"name": "Till", "networks": "203.0.113.0/24", "requests_a_minute": ""})
    assert Caller(secret).get("cards").status_code == 403
    page = desk.browser.post(desk.at(at + "rotate/"), {"overlap_hours": "0", "ends_in_days": ""})
    heir = _SECRET.search(page.content.decode()).group()
    assert Caller(secret).get("cards").status_code == 401
    assert (
        Caller(heir)
        .get(
            "cards",
        )
        .status_code
        == 403
    )
    again = desk.browser.post(desk.at(at + "rotate/"), {"overlap_hours": "0"})
    assert "opens nothing any more" in again.content.decode()
    assert not _SECRET.search(desk.page("developers/") + desk.page(at))


@pytest.mark.parametrize(
    ("field", "value"),
    [("networks", "here"), ("requests_a_minute", "0"), ("ends_in_days", "7"), ("scopes", ["all"]),
     ("name", " ")],
)  # fmt: skip
def test_bad_bounds_are_named_beside_their_field(desk: Desk, field, value):
    sent = {"name": "Web shop", "scopes": ["cards:read"], field: value}
    answer = desk.browser.post(desk.at("developers/new/"), sent)
    assert set(answer.context["form"].errors) == {field}


def test_a_developers_live_key_only_reads_and_one_for_tests_does_more(desk: Desk):
    maker = make_member(desk.merchant, "developer")
    browser = browser_of(maker)
    answer = browser.post(desk.at("developers/new/"), {"name": "x", "scopes": ["cards:write"]})
    assert set(answer.context["form"].errors) == {"scopes"}
    page = browser.post(desk.at("developers/new/"), {"name": "x", "scopes": ["cards:read"]})
    assert _SECRET.search(page.content.decode())
    twin = twin_of(desk.merchant)
    make_member(twin, "developer", user=maker)
    page = browser.post(
        f"/console/{twin.slug}/developers/new/", {"name": "x", "scopes": ["cards:write", "pos"]}
    )
    assert _SECRET.search(page.content.decode()).group().startswith("gw_test_")


def test_nobody_gets_hold_of_a_stronger_key_by_changing_or_rotating_it(desk: Desk):
    stronger, _ = make_api_key(desk.merchant, "cards:write")
    browser = browser_of(make_member(desk.merchant, "developer"))
    at = desk.at(f"developers/{stronger.public_id}/")
    assert "may do more than you" in browser.get(at).content.decode()
    answers = [browser.post(at, {"name": "x"}), browser.post(at + "rotate/", {"overlap_hours": "0"})]
    assert [one.status_code for one in answers] == [403, 403]
    browser.post(at + "revoke/")
    assert _keys(desk.merchant)["Test key"].revoked_at is not None


def test_another_shops_key_is_not_there(desk: Desk):
    theirs, _ = make_api_key(twin_of(desk.merchant))
    for act in ("", "rotate/", "revoke/"):
        assert desk.browser.post(desk.at(f"developers/{theirs.public_id}/{act}"), {}).status_code == 404


def test_the_desk_opens_from_its_networks_only_and_the_till_from_everywhere(desk: Desk):
    sent = {"password_policy": "composition", "second_factor_for_all": "on", "networks": "127.0.0.0/8"}
    assert desk.browser.post(desk.at("access/set/"), sent).status_code == 302
    assert desk.browser.get(desk.home).status_code == 200
    elsewhere = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}
    assert desk.browser.get(desk.home, **elsewhere).status_code == 403
    assert desk.browser.get(f"/till/{desk.merchant.slug}/place/", **elsewhere).status_code == 200
    with scope.merchant(desk.merchant.id), reading():
        refusal = AuditRow.objects.filter(action="console.view", outcome="refused").latest("at")
        change = AuditRow.objects.get(action="access_rules.changed")
    assert refusal.reason == "not_from_here"
    assert change.changes["networks"] == [[], ["127.0.0.0/8"]]


def test_nobody_shuts_themselves_out(desk: Desk):
    sent = {"password_policy": "nist", "networks": "203.0.113.0/24"}
    answer = desk.browser.post(desk.at("access/set/"), sent)
    assert "shut yourself out" in str(answer.context["form"].errors["networks"])
    with scope.merchant(desk.merchant.id), reading():
        assert not AccessRules.objects.exists()


def test_an_auditor_sees_the_rules_and_cannot_set_them(desk: Desk):
    auditor = browser_of(make_member(desk.merchant, "auditor"))
    page = auditor.get(desk.at("access/"))
    assert page.status_code == 200
    assert "disabled" in page.content.decode()
    assert auditor.post(desk.at("access/set/"), {"password_policy": "nist"}).status_code == 403
