"""Devices and sessions: told when new, shown, ended one by one or all, and over after a while by role."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.identity.end_sessions import forget_sessions
from giftwell.foundation.identity.models import Device, Session, User
from giftwell.foundation.identity.set_active import NotOneself, deactivate_person, reactivate_person
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.accounts.devices import COOKIE
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from tests.factories.catalog import make_shop
from tests.factories.identity import PASSWORD, TESTS, make_member, make_person
from tests.interfaces.accounts.mails import written

pytestmark = pytest.mark.django_db

MAJA = "maja@example.com"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
DEVICES = "/accounts/devices/"


@pytest.fixture
def maja():
    return make_person(email=MAJA, name="Maja", password=PASSWORD)


def _sign_in(agent=FIREFOX, client=None, password=PASSWORD, address="203.0.113.7"):
    client = client or Client()
    client.defaults |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
    client.post(reverse("account_login"), {"login": MAJA, "password": password})
    return client


def _is_in(client):
    return client.get("/wallet/").status_code == 200


def _news():
    return [one for one in written() if one.context.get("headline") == "A new sign-in to your account"]


def test_a_new_device_is_told_of_and_a_known_one_and_the_first_are_not(maja):
    first = _sign_in()
    assert _news() == []
    first.post(reverse("account_logout"))
    _sign_in(client=first)
    assert _news() == []
    _sign_in(SAFARI, address="2001:db8:1:2::3")
    (mail,) = _news()
    assert mail.context["detail"] == "Safari on iPhone, 2001:db8:1::/48"


def test_devices_are_shown_with_what_is_known_of_them_and_no_address(maja):
    _sign_in(SAFARI)
    here = _sign_in()
    page = here.get(DEVICES).content.decode()
    for words in ("Firefox on Linux", "Safari on iPhone", "203.0.113.0/24", "This device"):
        assert words in page
    assert "203.0.113.7" not in page


def test_one_device_is_ended_at_its_next_request_and_the_others_stay(maja):
    here, there, elsewhere = _sign_in(), _sign_in(SAFARI), _sign_in(SAFARI)
    phone = Device.objects.filter(browser="Safari on iPhone").earliest("first_seen_at")
    assert here.post(f"{DEVICES}{phone.public_id}/end/").status_code == 302
    assert (_is_in(here), _is_in(there), _is_in(elsewhere)) == (True, False, True)
    before = len(_news())
    _sign_in(SAFARI, client=there)
    assert len(_news()) == before + 1, "a device that was forgotten is news again"


def test_everywhere_else_is_ended_at_once(maja):
    here, others = _sign_in(), [_sign_in(SAFARI) for _ in range(3)]
    assert here.post(f"{DEVICES}end-others/").status_code == 302
    assert _is_in(here)
    assert not any(_is_in(other) for other in others)
    with scope.platform(), reading():
        assert AuditRow.objects.filter(action="person.sessions_ended", subject=maja.public_id).exists()


def test_another_persons_device_is_not_there(maja):
    here = _sign_in()
    stranger = Client()
    stranger.force_login(make_person())
    mine = Device.objects.get().public_id
    assert stranger.post(f"{DEVICES}{mine}/end/").status_code == 404
    assert stranger.post(f"{DEVICES}made-up/end/").status_code == 404
    assert _is_in(here)


def test_a_stranger_cannot_keep_somebody_out_of_their_own_device(maja):
    here = _sign_in()
    here.post(reverse("account_logout"))
    for n in range(6):
        _sign_in(password=f"guess {n}", address=f"192.0.2.{n}")
    assert not _is_in(_sign_in()), "an unknown device waits"
    assert _is_in(_sign_in(client=here))


def test_a_made_up_device_is_no_new_five_tries(maja):
    for n in range(8):
        client = Client()
        client.cookies[COOKIE] = f"made-up-{n}"
        _sign_in(client=client, password=f"guess {n}")
    client = Client()
    client.cookies[COOKIE] = "made-up-9"
    assert not _is_in(_sign_in(client=client))


def test_whoever_reads_the_table_of_sessions_has_no_session(maja):
    here = _sign_in()
    row = Session.objects.get(user=maja)
    assert row.session_key != here.session.session_key
    thief = Client()
    thief.cookies["giftwell_session"] = row.session_key
    assert not _is_in(thief)
    assert here.cookies[COOKIE].value.encode() not in bytes(Device.objects.get().token_hash)
    assert here.cookies[COOKIE]["httponly"]


@pytest.mark.parametrize(
    ("role", "idle", "whole"), [("platform_admin", 30, 720), ("owner", 720, 10_080), ("cashier", 720, 1_440)]
)
def test_a_session_is_over_when_unused_and_in_any_case_by_role(maja, role, idle, whole):
    shop = make_shop()
    if role == "platform_admin":
        create_admin(email=MAJA, name="", password=None, actor=TESTS, now=now())
        page = "/backoffice/"
    else:
        make_member(shop, role, user=maja)
        page = f"/till/{shop.slug}/" if role == "cashier" else f"/console/{shop.slug}/"
    begin = now()
    unused, used = _sign_in(), _sign_in()
    with time_machine.travel(begin + timedelta(minutes=idle, seconds=30), tick=False):
        assert unused.get(page).status_code == 302
        assert not _is_in(unused), "it is ended, and not only shut at this door"
    at = timedelta()
    while at < timedelta(minutes=whole) - timedelta(minutes=idle):
        at += timedelta(minutes=idle - 1)
        with time_machine.travel(begin + at, tick=False):
            assert used.get(page).status_code == 200, at
    with time_machine.travel(begin + timedelta(minutes=whole + 1), tick=False):
        assert used.get(page).status_code == 302


def test_limits_are_a_setting(maja, settings):
    settings.SESSION_LIMITS = {"person": (5, 10)}
    here = _sign_in()
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        assert not _is_in(here)


def test_a_deactivated_person_is_out_everywhere_and_back_with_the_same_password(maja):
    admin, here = make_person(), _sign_in()
    with pytest.raises(NotOneself):
        deactivate_person(user=maja, reason="x", actor=Actor.person(maja.pk), now=now())
    deactivate_person(user=maja, reason="Asked for by mail", actor=Actor.person(admin.pk), now=now())
    assert not _is_in(here)
    assert not Session.objects.filter(user=maja).exists()
    assert not _is_in(_sign_in())
    reactivate_person(user=User.objects.get(pk=maja.pk), actor=Actor.person(admin.pk), now=now())
    assert not _is_in(here), "the old session does not come back"
    assert _is_in(_sign_in())


def test_a_password_change_and_the_first_factor_end_the_other_sessions(maja):
    here, there = _sign_in(), _sign_in(SAFARI)
    here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "another quiet river"}
    )
    assert (_is_in(here), _is_in(there)) == (True, False)
    assert Session.objects.filter(user=maja).count() == 1


def test_what_is_over_is_forgotten(maja):
    _sign_in()
    assert forget_sessions(now=now()) == 0
    assert forget_sessions(now=now() + timedelta(days=15)) == 1
