"""The platform sees who people are and helps them in; each act is written down; a lost factor takes two."""

import pytest
from django.test import Client
from django.urls import reverse

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.add_authenticator_app import add_authenticator_app
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.identity.models import Session, User
from giftwell.foundation.identity.second_factor import has_second_factor
from giftwell.foundation.identity.totp import code_at, new_secret
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.catalog import make_shop
from tests.factories.identity import PASSWORD, TESTS, make_member, make_person
from tests.interfaces.accounts.mails import written
from tests.interfaces.console.conftest import browser_of, owner_of

pytestmark = pytest.mark.django_db


def _staff(role="platform_admin"):
    email = make_person().email
    return create_admin(email=email, name="", password=None, role=role, actor=TESTS, now=now())


@pytest.fixture
def admin():
    return _staff()


@pytest.fixture
def desk(admin):
    return browser_of(admin)


@pytest.fixture
def maja():
    return make_person(email="maja@example.com", name="Maja", password=PASSWORD)


def _at(person, act=""):
    return f"/backoffice/people/{person.public_id}/{act}"


def _rows(person, action):
    with scope.platform(), reading():
        return list(AuditRow.objects.filter(subject=person.public_id, action=action))


def test_a_person_is_found_by_the_whole_address_and_shown_without_a_secret(desk, maja):
    shop = make_shop()
    make_member(shop, "finance", user=maja)
    assert "Maja" in desk.get("/backoffice/people/?q=Maja@Example.com").content.decode()
    assert "Nobody has this address" in desk.get("/backoffice/people/?q=maja").content.decode()
    page = desk.get(_at(maja)).content.decode()
    for words in ("maja@example.com", shop.name, "Finance", "asked for from"):
        assert words in page
    assert maja.password not in page


def test_somebody_is_shut_out_with_a_reason_and_let_in_again(desk, admin, maja):
    here = browser_of(maja)
    assert here.get("/wallet/").status_code == 200
    assert "reason" in desk.post(_at(maja, "deactivate/"), {"reason": " "}).context["deactivate"].errors
    desk.post(_at(maja, "deactivate/"), {"reason": "Asked for by mail"})
    assert here.get("/wallet/").status_code == 302
    (row,) = _rows(maja, "person.deactivated")
    assert row.actor == f"person:{admin.public_id}"
    desk.post(_at(maja, "reactivate/"))
    assert User.objects.get(pk=maja.pk).is_active
    answer = desk.post(_at(admin, "deactivate/"), {"reason": "x"}, follow=True)
    assert "cannot deactivate yourself" in answer.content.decode()


def test_a_wait_after_wrong_passwords_is_seen_and_cleared(desk, maja):
    stranger = Client()
    for n in range(6):
        stranger.post(reverse("account_login"), {"login": maja.email, "password": f"guess {n}"})
    signed_in = {"login": maja.email, "password": PASSWORD}
    assert stranger.post(reverse("account_login"), signed_in).status_code == 200
    assert "Let them try again" in desk.get(_at(maja)).content.decode()
    desk.post(_at(maja, "tries/clear/"))
    assert "Let them try again" not in desk.get(_at(maja)).content.decode()
    assert stranger.post(reverse("account_login"), signed_in).status_code == 302
    assert _rows(maja, "person.tries_cleared")


def test_sessions_are_ended_and_days_are_given(desk, maja):
    here = browser_of(maja)
    desk.post(_at(maja, "sessions/end/"))
    assert not Session.objects.filter(user=maja).exists()
    assert here.get("/wallet/").status_code == 302
    desk.post(_at(maja, "second-factor/days/"), {"days": "5"})
    assert (User.objects.get(pk=maja.pk).second_factor_due_at - now()).days == 4
    desk.post(_at(maja, "second-factor/days/"), {"days": "500"})
    assert (User.objects.get(pk=maja.pk).second_factor_due_at - now()).days == 4


def test_a_lost_factor_is_taken_off_by_two_admins_and_neither_by_one_nor_by_oneself(desk, admin, maja):
    secret = new_secret()
    add_authenticator_app(
        user=maja, secret=secret, code=code_at(secret, int(now().timestamp()) // 30), now=now()
    )
    here = browser_of(maja)
    desk.post(_at(maja, "second-factor/reset/"))
    assert has_second_factor(maja), "nobody asked for it"
    desk.post(_at(maja, "second-factor/ask/"), {"reason": "Showed a passport at the shop"})
    answer = desk.post(_at(maja, "second-factor/reset/"), follow=True).content.decode()
    assert "Another admin has to do this" in answer
    assert has_second_factor(maja)
    other = browser_of(_staff())
    assert "Showed a passport" in other.get(_at(maja)).content.decode()
    other.post(_at(maja, "second-factor/reset/"))
    assert not has_second_factor(maja)
    assert here.get("/wallet/").status_code == 302
    assert [len(_rows(maja, f"person.second_factor_reset{end}")) for end in ("_asked", "")] == [1, 1]
    assert "Your second factor was taken off by our team" in [one.context["headline"] for one in written()]


def test_a_reset_that_somebody_doubts_is_dropped(desk, maja):
    secret = new_secret()
    add_authenticator_app(
        user=maja, secret=secret, code=code_at(secret, int(now().timestamp()) // 30), now=now()
    )
    desk.post(_at(maja, "second-factor/ask/"), {"reason": "A voice on the phone"})
    browser_of(_staff()).post(_at(maja, "second-factor/drop/"))
    assert has_second_factor(maja)
    assert "A voice on the phone" not in desk.get(_at(maja)).content.decode().split("What happened")[0]
    assert _rows(maja, "person.second_factor_reset_dropped")


def test_support_looks_and_changes_nothing(maja):
    support = browser_of(_staff("support"))
    page = support.get(_at(maja)).content.decode()
    assert "Deactivate" not in page
    for act in ("deactivate/", "tries/clear/", "sessions/end/", "second-factor/reset/"):
        assert support.post(_at(maja, act), {"reason": "x"}).status_code == 403
    assert User.objects.get(pk=maja.pk).is_active


def test_nobody_else_finds_the_page(maja):
    owner = owner_of(make_shop())
    assert browser_of(owner).get("/backoffice/people/").status_code == 404
    assert browser_of(owner).post(_at(maja, "deactivate/"), {"reason": "x"}).status_code == 404


def test_the_backoffice_opens_from_its_networks_only(desk, admin, settings):
    settings.BACKOFFICE_NETWORKS = ["203.0.113.0/24"]
    assert desk.get("/backoffice/people/").status_code == 403
    assert desk.get("/backoffice/people/", REMOTE_ADDR="203.0.113.9").status_code == 200
    assert _rows(admin, "platform.people")[0].reason == "not_from_here"
