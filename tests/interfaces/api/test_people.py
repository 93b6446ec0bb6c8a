"""Team and keys by REST: no key lets an owner in or makes a stronger one, and each keeps to its bounds."""

from datetime import timedelta

import pytest
import time_machine

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.models import Membership
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import SCOPES
from giftwell.kit.clock import now
from tests.factories.catalog import make_shop
from tests.factories.identity import location_of, make_api_key, make_member
from tests.interfaces.accounts.mails import written
from tests.interfaces.api.caller import Caller, caller_for, refused

pytestmark = pytest.mark.django_db
INES = "ines@example.com"


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def caller(shop):
    return caller_for(shop)


def _members(caller):
    return {one["role"]: one for one in caller.get("team/members").json()["data"]}


def test_somebody_is_invited_listed_and_taken_back(shop, caller):
    place = location_of(shop).public_id
    made = caller.post("team/invitations", {"email": INES, "role": "cashier", "locations": [place]})
    assert made.status_code == 201, made.content
    assert made.json()["locations"] == [place]
    (mail,) = [one for one in written() if one.kind == "invitation"]
    assert (mail.recipient, mail.context["inviter"]) == (INES, shop.name)
    assert mail.context["link"].rsplit("/", 2)[1] not in made.content.decode()
    (listed,) = caller.get("team/invitations").json()["data"]
    assert listed == made.json()
    assert caller.delete(f"team/invitations/{listed['id']}").status_code == 204
    assert caller.get("team/invitations").json()["data"] == []


def test_a_members_position_is_changed_and_ended(shop, caller):
    make_member(shop, "cashier")
    member, place = _members(caller)["cashier"], location_of(shop).public_id
    answer = caller.put(f"team/members/{member['id']}/position", {"role": "auditor", "locations": [place]})
    assert (answer.json()["role"], answer.json()["locations"]) == ("auditor", [place])
    assert caller.delete(f"team/members/{member['id']}").status_code == 204
    refused(caller.delete(f"team/members/{member['id']}"), 404, "member_is_unknown")


def test_no_key_makes_changes_or_removes_an_owner(shop, caller):
    owner = _members(caller)["owner"]["id"]
    make_member(shop, "cashier")
    cashier = _members(caller)["cashier"]["id"]
    for answer in (
        caller.post("team/invitations", {"email": INES, "role": "owner"}),
        caller.put(f"team/members/{cashier}/position", {"role": "owner"}),
        caller.put(f"team/members/{owner}/position", {"role": "manager"}),
        caller.delete(f"team/members/{owner}"),
    ):
        refused(answer, 403, "owners_stay_with_owners")
    with scope.merchant(shop.id), reading():
        assert Membership.objects.filter(role="owner").count() == 1


@pytest.mark.parametrize("role", ["platform_admin", "support", "custom", "role_made-up", ""])
def test_a_role_that_is_none_of_the_shops_is_unknown(caller, role):
    refused(caller.post("team/invitations", {"email": INES, "role": role}), 404, "role_is_unknown")


def test_another_merchants_people_and_keys_are_not_there(shop, caller):
    other = make_shop()
    make_member(other, "cashier")
    theirs = caller_for(other)
    member, (key,) = _members(theirs)["cashier"]["id"], theirs.get("keys").json()["data"]
    invitation = theirs.post("team/invitations", {"email": INES, "role": "cashier"}).json()["id"]
    refused(caller.put(f"team/members/{member}/position", {"role": "auditor"}), 404, "member_is_unknown")
    refused(caller.delete(f"team/members/{member}"), 404, "member_is_unknown")
    refused(caller.delete(f"team/invitations/{invitation}"), 404, "invitation_is_unknown")
    refused(caller.put(f"keys/{key['id']}/bounds", {"name": "x"}), 404, "api_key_is_unknown")
    refused(caller.post(f"keys/{key['id']}/rotation", {}), 404, "api_key_is_unknown")
    refused(caller.delete(f"keys/{key['id']}"), 404, "api_key_is_unknown")
    assert all(one["id"] != key["id"] for one in caller.get("keys").json()["data"])


def test_a_key_makes_rotates_and_revokes_others_no_stronger_than_itself(shop):
    caller = caller_for(shop, "keys:read", "keys:write", "cards:read")
    stronger, _ = make_api_key(shop, *SCOPES)
    refused(caller.post("keys", {"name": "x", "scopes": ["cards:write"]}), 403, "key_is_stronger")
    refused(caller.post(f"keys/{stronger.public_id}/rotation", {}), 403, "key_is_stronger")
    refused(caller.put(f"keys/{stronger.public_id}/bounds", {"name": "x"}), 403, "key_is_stronger")
    made = caller.post("keys", {"name": "Reports", "scopes": ["cards:read"], "expires_in_days": 30}).json()
    assert Caller(made["secret"]).get("cards").status_code == 200
    heir = caller.post(f"keys/{made['id']}/rotation", {"overlap_hours": 1}).json()
    assert heir["replaces"] == made["id"]
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        assert Caller(made["secret"]).get("cards").status_code == 401
        assert Caller(heir["secret"]).get("cards").status_code == 200
    assert caller.delete(f"keys/{heir['id']}").status_code == 204
    assert Caller(heir["secret"]).get("cards").status_code == 401
    listed = caller.get("keys").content.decode()
    assert made["secret"] not in listed
    assert heir["secret"] not in listed


def test_a_key_works_from_its_networks_only_and_a_try_from_elsewhere_is_written_down(shop, caller):
    made = caller.post(
        "keys", {"name": "Till", "scopes": ["cards:read"], "networks": ["203.0.113.0/24"]}
    ).json()
    assert made["networks"] == ["203.0.113.0/24"]
    bound = Caller(made["secret"])
    refused(bound.get("cards"), 403, "not_from_here")
    bound.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert bound.get("cards").status_code == 200
    bound.client.defaults |= {"REMOTE_ADDR": "198.51.100.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    refused(bound.get("cards"), 403, "not_from_here")
    with scope.merchant(shop.id), reading():
        row = AuditRow.objects.filter(action="api_key.used", outcome="refused").first()
    assert (row.subject, row.reason) == (made["id"], "not_from_here")


def test_a_trusted_proxy_is_believed_and_only_what_it_wrote(caller, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    body = {"name": "Till", "scopes": ["cards:read"], "networks": ["203.0.113.0/24"]}
    bound = Caller(caller.post("keys", body).json()["secret"])
    bound.client.defaults |= {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert bound.get("cards").status_code == 200
    bound.client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9, 198.51.100.1"
    refused(bound.get("cards"), 403, "not_from_here")


def test_a_key_above_its_own_limit_waits_for_the_next_minute(caller):
    body = {"name": "Slow", "scopes": ["cards:read"], "requests_a_minute": 2}
    slow = Caller(caller.post("keys", body).json()["secret"])
    at = (now() + timedelta(days=1)).replace(second=10)
    with time_machine.travel(at, tick=False):
        answers = [slow.get("cards") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["1", "0", "0"]
    assert (answers[0]["RateLimit-Limit"], answers[0]["RateLimit-Reset"]) == ("2", "50")
    with time_machine.travel(at + timedelta(minutes=1), tick=False):
        assert slow.get("cards").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"networks": ["here"]}, {"requests_a_minute": 0}, {"requests_a_minute": "5"}, {"scopes": ["all"]},
     {"scopes": []}, {"name": ""}, {"expires_in_days": 0}, {"role": "owner"}],
)  # fmt: skip
def test_bad_details_of_a_key_are_named(caller, wrong):
    answer = caller.post("keys", {"name": "x", "scopes": ["cards:read"], **wrong})
    assert answer.status_code == 422
    assert next(iter(answer.json()["errors"])).startswith(next(iter(wrong)))
