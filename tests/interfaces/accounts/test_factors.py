"""Second factors through the pages: set up, asked for, and required of those whose work needs one."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity import totp
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.identity.give_time import give_time
from giftwell.foundation.identity.second_factor import has_second_factor
from giftwell.foundation.identity.set_access_rules import set_access_rules
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.catalog import make_shop
from tests.factories.identity import PASSWORD, TESTS, make_member, make_person
from tests.interfaces.accounts.mails import written

pytestmark = pytest.mark.django_db

MAJA = "maja@example.com"
HOME = "/accounts/second-factor/"
APP = f"{HOME}app/"
CODES = f"{HOME}backup-codes/"
CHECK = "/accounts/login/second-factor/"
LATER = timedelta(days=8)


@pytest.fixture
def maja(client):
    person = make_person(email=MAJA, name="Maja", password=PASSWORD)
    _sign_in(client)
    return person


def _sign_in(client, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": MAJA, "password": password})


def _step(offset=0):
    return int(now().timestamp()) // 30 + offset


def _set_up(client):
    """Set an app up by its page; the secret, as a person would type it."""
    page = client.get(APP)
    secret = re.search(r"reference\">([A-Z2-7 ]+)<", page.content.decode()).group(1).replace(" ", "")
    answer = client.post(APP, {"code": totp.code_at(secret, _step(-1))})
    assert answer.url == CODES
    return secret


def _shown(answer):
    return re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", answer.content.decode())


def _is_in(client):
    return client.get("/wallet/").status_code == 200


def test_an_app_is_set_up_by_its_page_and_asked_for_at_the_next_sign_in(client, maja):
    page = client.get(APP)
    assert b"data:image/svg+xml" in page.content
    assert page["Cache-Control"] == "no-store"
    secret = _set_up(client)
    assert [mail.context["headline"] for mail in written()] == ["A second factor was added to your account"]
    visitor = Client()
    assert _sign_in(visitor).url == CHECK
    assert not _is_in(visitor), "the password alone is not enough any more"
    wrong = visitor.post(CHECK, {"code": "000000"})
    assert wrong.status_code == 200
    assert not _is_in(visitor)
    assert visitor.post(CHECK, {"code": totp.code_at(secret, _step())}).status_code == 302
    assert _is_in(visitor)


def test_a_pending_secret_lies_sealed_in_the_session(client, maja):
    page = client.get(APP).content.decode()
    secret = re.search(r"reference\">([A-Z2-7 ]+)<", page).group(1).replace(" ", "")
    assert secret not in str(dict(client.session.items()))
    assert client.get(APP).content.decode().count(" ".join(re.findall("....", secret))) == 1, "it stays"


def test_a_backup_code_gets_in_once_and_that_is_told(client, maja):
    _set_up(client)
    codes = _shown(client.post(CODES))
    assert len(codes) == 10
    assert _shown(client.get(CODES)) == [], "they are shown once"
    for expected in (302, 200):
        visitor = Client()
        _sign_in(visitor)
        assert visitor.post(CHECK, {"code": codes[0]}).status_code == expected
    mail = next(one for one in written() if one.context.get("headline") == "A backup code was used")
    assert mail.context["detail"] == "9 of ten are left."


def test_the_second_step_is_no_way_around_the_wait(client, maja):
    secret = _set_up(client)
    visitor = Client()
    _sign_in(visitor)
    for n in range(4):
        visitor.post(CHECK, {"code": f"{n:06}"})
    again = Client()
    _sign_in(again)
    assert again.get(CHECK).status_code == 302, "the right password begins no new five"
    visitor.post(CHECK, {"code": totp.code_at(secret, _step())})
    assert not _is_in(visitor)
    with scope.platform(), reading():
        reasons = AuditRow.objects.filter(action="person.signed_in", outcome="refused").order_by("id")
        assert [row.reason for row in reasons] == ["code_wrong"] * 4 + ["too_many_tries", "code_wrong"]


@pytest.mark.parametrize("page", [APP, CODES, f"{HOME}passkey/", "remove"])
def test_a_change_asks_once_more_who_it_is(client, maja, page):
    secret = _set_up(client)
    page = f"{HOME}{Authenticator.objects.get().pk}/remove/" if page == "remove" else page
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        for asked in (client.get(page), client.post(page)):
            assert asked.status_code == 302
            assert asked.url.startswith("/accounts/confirm/code/"), "the second factor, not the password"
        assert client.get("/accounts/confirm/").status_code == 302
        assert client.post("/accounts/confirm/", {"password": PASSWORD}).status_code == 302
        assert client.get(page).status_code == 302, "the password alone does not do"
        where = f"/accounts/confirm/code/?next={HOME}"
        client.post(where, {"code": totp.code_at(secret, _step())})
        assert client.get(page).status_code in {200, 302}
        assert has_second_factor(maja)
        assert client.get(CODES).status_code == 200


def test_without_a_factor_the_password_confirms(client, maja):
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        asked = client.get(APP)
        assert unquote(asked.url) == f"/accounts/confirm/?next={APP}"
        assert client.get(asked.url).status_code == 200
        assert client.post(asked.url, {"password": "a guess", "next": APP}).status_code == 200
        assert client.post(asked.url, {"password": PASSWORD, "next": APP}).url == APP
        assert client.get(APP).status_code == 200


def test_a_factor_is_removed_by_its_owner_alone(client, maja):
    _set_up(client)
    own = Authenticator.objects.get().pk
    stranger = Client()
    make_person(email="tomas@example.com", password=PASSWORD)
    stranger.post(reverse("account_login"), {"login": "tomas@example.com", "password": PASSWORD})
    assert stranger.post(f"{HOME}{own}/remove/").status_code == 404
    assert client.post(f"{HOME}{own}/remove/").url == HOME
    assert not has_second_factor(maja)


@pytest.mark.parametrize("role", ["owner", "manager", "cashier", "platform_admin"])
def test_a_role_that_moves_money_is_shut_without_a_factor_after_the_grace(client, maja, role):
    shop = make_shop()
    if role == "platform_admin":
        create_admin(email=MAJA, name="", password=None, actor=TESTS, now=now())
        page = "/backoffice/"
    else:
        make_member(shop, role, user=maja)
        page = f"/till/{shop.slug}/" if role == "cashier" else f"/console/{shop.slug}/"
    assert client.get(page).status_code == 200
    assert (b"needs a second factor from" in client.get(page).content) == (role != "cashier")
    with time_machine.travel(now() + LATER, tick=False):
        client.logout()
        _sign_in(client)
        answer = client.get(page)
        if role == "cashier":
            assert answer.status_code == 200
            return
        assert answer.url == f"{HOME}?next={page}"
        assert client.post(page).status_code in {302, 405}
        assert client.get(page, headers={"HX-Request": "true"})["HX-Redirect"].startswith(HOME)
        told = client.get(HOME)
        assert b"Set one up below, and you can go on" in told.content
        client.get(answer.url)
        assert client.get("/wallet/").status_code == 200, "their own things stay open"
        client.post("/accounts/confirm/", {"password": PASSWORD})
        _set_up(client)
        assert f'href="{page}"' in client.get(HOME).content.decode(), "the way on"
        assert client.get(page).status_code == 200


def test_a_session_without_the_factor_is_asked_for_it_after_the_grace(client, maja):
    shop = make_shop()
    make_member(shop, "owner", user=maja)
    bare = Client()
    bare.force_login(maja)
    with time_machine.travel(now() + LATER, tick=False):
        client.post("/accounts/confirm/", {"password": PASSWORD})
        secret = _set_up(client)
        page = f"/console/{shop.slug}/"
        bare.force_login(maja)
        assert bare.get(page).url == f"/accounts/confirm/code/?next={page}"
        bare.post("/accounts/confirm/code/", {"code": totp.code_at(secret, _step())})
        assert bare.get(page).status_code == 200


def test_a_merchant_can_ask_its_cashiers_too_and_somebody_can_be_given_time(client, maja):
    shop = make_shop()
    make_member(shop, "cashier", user=maja)
    page = f"/till/{shop.slug}/"
    set_access_rules(
        merchant=shop, password_policy="nist", second_factor_for_all=True, actor=TESTS, now=now()
    )
    with time_machine.travel(now() + LATER, tick=False):
        client.logout()
        _sign_in(client)
        assert client.get(page).url.startswith(HOME)
        give_time(user=maja, until=now() + timedelta(days=1), actor=TESTS, now=now())
        assert client.get(page).status_code == 200


def test_a_role_that_is_too_small_is_written_down(client, maja):
    shop = make_shop()
    make_member(shop, "cashier", user=maja)
    assert client.get(f"/console/{shop.slug}/").status_code == 403
    with scope.platform(), reading():
        row = AuditRow.objects.get(reason="not_your_role")
    assert (row.action, row.outcome, row.subject) == ("console.view", "refused", maja.public_id)
    assert row.merchant_id == shop.id


@pytest.mark.parametrize("credential", ["", "x", "[]", "{}", '{"id": 1}', '{"response": []}', "null"])
def test_what_is_no_passkey_is_refused_and_breaks_nothing(client, maja, credential):
    visitor = Client()
    options = visitor.post("/accounts/login/passkey/options/").json()["request_options"]
    assert options["publicKey"]["userVerification"] == "required"
    answer = visitor.post("/accounts/login/passkey/", {"credential": credential})
    assert (answer.status_code, answer.url) == (302, reverse("account_login"))
    assert client.get(f"{HOME}passkey/").status_code == 200
    assert client.post(f"{HOME}passkey/", {"credential": credential, "name": "x"}).status_code == 200
    assert not has_second_factor(maja)
