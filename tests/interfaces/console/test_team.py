"""People are invited, say yes once, work where they were put; roles change at once; the last owner stays."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.models import AccessRules, Invitation, Membership, Role, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.interfaces.common.access import CUSTOM_PERMISSIONS
from giftwell.interfaces.console.team_forms import permission_words
from giftwell.kit.clock import now
from tests.factories.catalog import make_shop
from tests.factories.identity import PASSWORD, location_of, make_member, make_person
from tests.interfaces.accounts.mails import written
from tests.interfaces.console.conftest import Desk, browser_of, owner_of

INES = "ines@example.com"
NEWCOMER = {"name": "Ines", "password1": "four quiet rivers meet"}


@pytest.fixture(autouse=True)
def _other_place(desk):
    desk.browser.post(desk.at("locations/"), {"name": "Old Harbour"})


def _invite(desk, email=INES, role="cashier", places=()):
    sent = {"email": email, "role": role, "places": list(places)}
    return desk.browser.post(desk.at("team/invite/"), sent)


def _link():
    return [mail for mail in written() if mail.kind == "invitation"][-1].path


def _member(desk, email=INES):
    with scope.merchant(desk.merchant.id), reading():
        members = Membership.objects.select_related("user", "custom_role").filter(merchant=desk.merchant)
        return members.get(user__email=email)


def _audit(desk, action):
    with scope.merchant(desk.merchant.id), reading():
        return list(AuditRow.objects.filter(merchant_id=desk.merchant.id, action=action))


def _joined(desk, **more):
    _invite(desk, **more)
    browser = Client()
    browser.get(_link(), follow=True)
    browser.post("/accounts/invitation/", NEWCOMER)
    return browser


def test_a_newcomer_joins_by_the_link_and_works_at_one_place_only(desk: Desk):
    first = location_of(desk.merchant)
    assert _invite(desk, email="Ines@Example.com", places=[first.public_id]).status_code == 302
    (mail,) = [one for one in written() if one.kind == "invitation"]
    assert (mail.recipient, mail.context["role"], mail.context["places"]) == (INES, "Cashier", first.name)
    browser = Client()
    page = browser.get(mail.path, follow=True)
    token = mail.path.rsplit("/", 2)[1]
    assert token not in page.request["PATH_INFO"] + page.content.decode()
    assert first.name in page.content.decode()
    answer = browser.post("/accounts/invitation/", NEWCOMER)
    assert answer.url == f"/till/{desk.merchant.slug}/"
    assert "giftwell_device" in answer.cookies
    till = browser.get(f"/till/{desk.merchant.slug}/place/").content.decode()
    assert first.name in till
    assert "Old Harbour" not in till
    assert browser.get(desk.home).status_code == 403
    (row,) = _audit(desk, "member.added")[-1:]
    assert row.changes == {"role": [None, "cashier"], "locations": [None, [first.public_id]]}


def test_a_link_works_once_and_a_newer_one_ends_it(desk: Desk):
    _invite(desk)
    old = _link()
    _invite(desk)
    assert Client().get(old, follow=True).status_code == 404
    link = _link()
    first, second = Client(), Client()
    assert [one.get(link, follow=True).status_code for one in (first, second)] == [200, 200]
    assert first.post("/accounts/invitation/", NEWCOMER).status_code == 302
    assert second.post("/accounts/invitation/", NEWCOMER).status_code == 404
    assert Client().get(link, follow=True).status_code == 404
    assert User.objects.filter(email=INES).count() == 1


def test_a_link_ends_after_a_week_or_when_it_is_withdrawn_and_its_token_is_not_kept(desk: Desk):
    _invite(desk)
    link = _link()
    with time_machine.travel(now() + timedelta(days=7, seconds=5), tick=False):
        assert Client().get(link, follow=True).status_code == 404
    with scope.merchant(desk.merchant.id), reading():
        invitation = Invitation.objects.get()
    assert link.rsplit("/", 2)[1].encode() not in bytes(invitation.token_hash)
    desk.browser.post(desk.at(f"team/invitations/{invitation.public_id}/withdraw/"))
    assert Client().get(link, follow=True).status_code == 404
    assert Client().get("/accounts/invitation/made-up/", follow=True).status_code == 404


def test_somebody_with_an_account_signs_in_first_and_nobody_else_can_use_the_link(desk: Desk):
    person = make_person(email=INES, password=PASSWORD)
    _invite(desk, role="auditor")
    stranger = browser_of(make_person())
    assert stranger.get(_link(), follow=True).status_code == 403
    assert stranger.post("/accounts/invitation/").status_code == 403
    browser = Client()
    page = browser.get(_link(), follow=True).content.decode()
    assert "/accounts/login/?next=/accounts/invitation/" in page
    assert browser.post("/accounts/invitation/", NEWCOMER).status_code == 200
    sent = {"login": INES, "password": PASSWORD, "next": "/accounts/invitation/"}
    assert browser.post("/accounts/login/?next=/accounts/invitation/", sent).url == "/accounts/invitation/"
    assert browser.post("/accounts/invitation/").url == desk.home
    assert _member(desk).user == person


def test_the_shops_password_policy_holds_for_whoever_joins(desk: Desk):
    with scope.merchant(desk.merchant.id), transaction():
        AccessRules.objects.create(merchant=desk.merchant, password_policy="composition", changed_at=now())
    _invite(desk)
    browser = Client()
    browser.get(_link(), follow=True)
    answer = browser.post("/accounts/invitation/", NEWCOMER)
    assert "a digit and a sign" in answer.content.decode()
    assert not User.objects.filter(email=INES).exists()


def test_an_invitation_for_a_place_that_closed_becomes_none_for_everywhere(desk: Desk):
    place = location_of(desk.merchant)
    _invite(desk, places=[place.public_id])
    desk.browser.post(desk.at(f"locations/{place.public_id}/open/"), {"is_open": "no"})
    assert Client().get(_link(), follow=True).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"role": "platform_admin"}, {"role": "custom"}, {"role": "support"}, {"email": "nobody"},
     {"places": ["loc_made-up"]}],
)  # fmt: skip
def test_what_cannot_be_offered_is_refused_beside_its_field(desk: Desk, wrong):
    answer = desk.browser.post(desk.at("team/invite/"), {"email": INES, "role": "cashier", **wrong})
    assert set(answer.context["form"].errors) == set(wrong)
    assert not [mail for mail in written() if mail.kind == "invitation"]


def test_a_member_is_not_invited_again(desk: Desk):
    make_member(desk.merchant, "cashier", user=make_person(email=INES))
    assert "works for this merchant already" in _invite(desk).content.decode()


def test_a_changed_role_holds_from_the_next_request_and_is_written_with_before_and_after(desk: Desk):
    browser = _joined(desk)
    assert browser.get(desk.at("cards/")).status_code == 403
    place = location_of(desk.merchant)
    member = _member(desk)
    changed = {"role": "auditor", "places": [place.public_id]}
    desk.browser.post(desk.at(f"team/{member.id}/"), changed)
    assert browser.get(desk.at("cards/")).status_code == 200
    assert browser.get(f"/till/{desk.merchant.slug}/").status_code == 403
    (row,) = _audit(desk, "member.changed")
    assert row.changes == {"role": ["cashier", "auditor"], "locations": [[], [place.public_id]]}
    desk.browser.post(desk.at(f"team/{member.id}/"), changed)
    assert len(_audit(desk, "member.changed")) == 1
    desk.browser.post(desk.at(f"team/{member.id}/remove/"))
    assert browser.get(desk.at("cards/")).status_code == 404
    (row,) = _audit(desk, "member.removed")
    assert row.changes == {"role": ["auditor", None], "locations": [[place.public_id], None]}


def test_a_role_of_the_shops_own_opens_what_it_names_and_nothing_more(desk: Desk):
    desk.browser.post(
        desk.at("team/roles/"), {"name": "Front desk", "permissions": ["console.view", "orders.view"]}
    )
    with scope.merchant(desk.merchant.id), reading():
        role = Role.objects.get(merchant=desk.merchant)
    browser = _joined(desk, role=role.public_id)
    assert browser.get(desk.at("orders/")).status_code == 200
    assert browser.get(desk.at("cards/")).status_code == 403
    desk.browser.post(
        desk.at(f"team/roles/{role.public_id}/"), {"name": "Front desk", "permissions": ["cards.view"]}
    )
    assert browser.get(desk.at("orders/")).status_code == 403
    assert browser.get(desk.at("cards/")).status_code == 200
    (row,) = _audit(desk, "role.changed")
    assert row.changes == {"permissions": [["console.view", "orders.view"], ["cards.view"]]}
    answer = desk.browser.post(desk.at(f"team/roles/{role.public_id}/drop/"), follow=True)
    assert "Somebody has this role" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "permissions"),
    [("Boss", ["team.edit"]), ("Boss", ["access.edit"]), ("Boss", ["platform.view"]), ("Boss", []),
     ("Owner", ["cards.view"]), ("", ["cards.view"])],
)  # fmt: skip
def test_no_role_lets_people_in_or_takes_a_name_that_exists(desk: Desk, name, permissions):
    answer = desk.browser.post(desk.at("team/roles/"), {"name": name, "permissions": permissions})
    assert answer.context["form"].errors
    with scope.merchant(desk.merchant.id), reading():
        assert not Role.objects.exists()


def test_whatever_a_role_may_hold_is_said_in_words():
    assert set(permission_words()) >= CUSTOM_PERMISSIONS


def test_a_shop_is_handed_over_and_its_last_owner_cannot_leave(desk: Desk):
    heir = make_member(desk.merchant, "cashier", user=make_person(email=INES))
    member, own = _member(desk), _member(desk, desk.owner.email)
    answer = desk.browser.post(desk.at(f"team/{own.id}/remove/"), follow=True)
    assert "the only owner" in answer.content.decode()
    answer = desk.browser.post(desk.at(f"team/{own.id}/"), {"role": "manager"})
    assert "the only owner" in answer.content.decode()
    desk.browser.post(desk.at(f"team/{member.id}/owner/"))
    assert (_member(desk).role, _member(desk, desk.owner.email).role) == ("owner", "manager")
    assert desk.browser.post(desk.at(f"team/{member.id}/owner/")).status_code == 403
    assert browser_of(heir).get(desk.at("team/roles/")).status_code == 200
    (row,) = _audit(desk, "merchant.ownership_transferred")
    assert row.changes == {
        desk.owner.public_id: ["owner", "manager"], heir.public_id: ["cashier", "owner"],
    }  # fmt: skip


def test_another_shops_members_invitations_and_roles_are_not_there(desk: Desk):
    other = make_shop()
    theirs = owner_of(other)
    browser = browser_of(theirs)
    there = f"/console/{other.slug}/"
    browser.post(there + "team/roles/", {"name": "Theirs", "permissions": ["cards.view"]})
    browser.post(there + "team/invite/", {"email": INES, "role": "cashier"})
    with scope.merchant(other.id), reading():
        member = Membership.objects.get(merchant=other)
        role, invitation = Role.objects.get(merchant=other), Invitation.objects.get(merchant=other)
    for path in (f"team/{member.id}/", f"team/{member.id}/remove/", f"team/{member.id}/owner/",
                 f"team/roles/{role.public_id}/"):  # fmt: skip
        assert desk.browser.get(desk.at(path)).status_code == 404, path
        assert desk.browser.post(desk.at(path), {"role": "cashier", "name": "x"}).status_code in {404, 422}
    page = desk.browser.post(desk.at(f"team/invitations/{invitation.public_id}/withdraw/"), follow=True)
    assert "no such invitation" in page.content.decode()
    answer = desk.browser.post(desk.at("team/invite/"), {"email": INES, "role": role.public_id})
    assert answer.context["form"].errors
    with scope.merchant(other.id), reading():
        assert Invitation.objects.get(merchant=other).withdrawn_at is None
