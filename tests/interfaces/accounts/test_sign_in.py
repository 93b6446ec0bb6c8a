"""Signing in and out, forgetting and changing the password, and what of it is written down."""

import time

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.urls import reverse

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.accounts import pace
from giftwell.kit.clock import now
from tests.factories.identity import PASSWORD, TESTS, make_member, make_merchant, make_person
from tests.interfaces.accounts.mails import written

pytestmark = pytest.mark.django_db

NEW = "another quiet river"


@pytest.fixture
def maja():
    return make_person(email="maja@example.com", name="Maja", password=PASSWORD)


def _sign_in(client, email="maja@example.com", password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def _is_in(client):
    return client.get(reverse("account_change_password")).status_code == 200


def _audit(action):
    with scope.platform(), reading():
        return list(
            AuditRow.objects.filter(action=action).order_by("id").values_list("outcome", "subject", "reason")
        )


def test_signing_in_and_out_works_and_is_written_down(client, maja):
    assert _sign_in(client, email="MAJA@example.com").status_code == 302
    assert _is_in(client)
    assert client.get(reverse("account_logout")).status_code == 200
    assert _is_in(client), "a link must not sign anybody out"
    assert client.post(reverse("account_logout")).status_code == 302
    assert not _is_in(client)
    assert _audit("person.signed_in") == [("done", maja.public_id, "")]
    assert _audit("person.signed_out") == [("done", maja.public_id, "")]


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, maja):
    wrong = _sign_in(client, password="not the password")
    unknown = _sign_in(client, email="nobody@example.com")
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert _audit("person.signed_in") == [
        ("refused", maja.public_id, "address_or_password_wrong"),
        ("refused", "", "address_or_password_wrong"),
    ]


def test_an_unknown_address_costs_a_password_hash_too(client, maja, monkeypatch):
    hashed = []
    real = Argon2PasswordHasher.encode
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda self, *given: hashed.append(1) or real(self, *given)
    )
    _sign_in(client, email="nobody@example.com")
    assert len(hashed) == 1


def test_a_failed_sign_in_writes_down_no_address_and_no_password(client):
    _sign_in(client, email="my-password-by-mistake@example.com", password="hunter2hunter2")
    with scope.platform(), reading():
        row = AuditRow.objects.get(action="person.signed_in")
    text = str(vars(row))
    assert "mistake" not in text
    assert "hunter2" not in text


def test_guessing_is_slowed_down_by_address_and_the_owner_can_still_reset(client, maja):
    for _ in range(5):
        _sign_in(Client(), password="guess")
    assert not _is_in(client)
    refused = _sign_in(client)
    assert b"do not belong together" in refused.content
    client.post(reverse("account_reset_password"), {"email": "maja@example.com"})
    page = client.get(written()[-1].path, follow=True)
    client.post(page.context["action_url"], {"password1": NEW})
    assert _sign_in(client, password=NEW).status_code == 302


def test_a_deactivated_person_is_out_at_once_and_stays_out(client, maja):
    _sign_in(client)
    maja.is_active = False
    maja.save(update_fields=["is_active"])
    assert not _is_in(client)
    assert _sign_in(client).url == reverse("account_inactive")
    assert not _is_in(client)


@pytest.mark.usefixtures("same_nonce")
def test_a_reset_is_answered_alike_for_known_and_unknown_addresses(maja):
    answers = []
    for email in ("maja@example.com", "nobody@example.com"):
        visitor = Client()
        answer = visitor.post(reverse("account_reset_password"), {"email": email})
        answers.append((answer.status_code, answer.url, visitor.get(answer.url).content))
    assert answers[0] == answers[1]
    assert [(mail.kind, mail.recipient) for mail in written()] == [("reset_password", "maja@example.com")]


def test_a_reset_waits_evenly_for_known_and_unknown_addresses(maja):
    for email in ("maja@example.com", "nobody@example.com"):
        started = time.monotonic()
        Client().post(reverse("account_reset_password"), {"email": email})
        assert time.monotonic() - started >= pace.FLOOR_SECONDS, email


@pytest.mark.parametrize("email", ["maja@example.com", "nobody@example.com"])
def test_a_stranger_cannot_have_reset_mails_sent_without_end(maja, email):
    answers = [Client().post(reverse("account_reset_password"), {"email": email}) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert len(written()) == (5 if email == "maja@example.com" else 0)


def test_a_reset_sets_the_password_once_and_ends_every_session(client, maja):
    elsewhere = Client()
    _sign_in(elsewhere)
    client.post(reverse("account_reset_password"), {"email": "maja@example.com"})
    (mail,) = written()
    page = client.get(mail.path, follow=True)
    assert "set-password" in page.request["PATH_INFO"], "the token must leave the address bar"
    answer = client.post(page.context["action_url"], {"password1": NEW})
    assert answer.url == reverse("account_reset_password_from_key_done")
    assert not _is_in(elsewhere)
    assert not _is_in(client)
    assert _sign_in(client, password=PASSWORD).status_code == 200
    assert _sign_in(client, password=NEW).status_code == 302
    again = Client().get(mail.path)
    assert b"does not work any more" in again.content
    assert _audit("person.password_reset") == [("done", maja.public_id, "")]


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(client, maja):
    elsewhere = Client()
    for visitor in (client, elsewhere):
        _sign_in(visitor)
    page = reverse("account_change_password")
    wrong = client.post(page, {"oldpassword": "wrong", "password1": NEW})
    assert "oldpassword" in wrong.context["form"].errors
    assert client.post(page, {"oldpassword": PASSWORD, "password1": NEW}).status_code == 302
    assert _is_in(client)
    assert not _is_in(elsewhere)
    assert _audit("person.password_changed") == [("done", maja.public_id, "")]


def test_a_forged_form_is_refused_with_a_page_of_ours(maja):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("account_login"), {"login": "maja@example.com", "password": PASSWORD})
    assert answer.status_code == 403
    assert b"Please send that once more" in answer.content
    assert not _is_in(strict)


@pytest.mark.parametrize(
    ("role", "home"),
    [("owner", "/console/{slug}/"), ("manager", "/console/{slug}/"), ("cashier", "/till/{slug}/")],
)
def test_people_land_where_they_work(client, maja, role, home):
    merchant = make_merchant()
    make_member(merchant, role, user=maja)
    assert _sign_in(client).url == home.format(slug=merchant.slug)


def test_an_admin_lands_in_the_backoffice_and_a_buyer_in_the_wallet(client, maja):
    assert _sign_in(client).url == "/wallet/"
    client.post(reverse("account_logout"))
    create_admin(email="maja@example.com", name="", password=None, actor=TESTS, now=now())
    assert _sign_in(client).url == "/backoffice/"


def test_who_asks_for_a_page_gets_it_after_signing_in(client, maja):
    answer = client.get("/accounts/password/change/?a=b")
    assert answer.url == "/accounts/login/?next=/accounts/password/change/%3Fa%3Db"
    body = {"login": "maja@example.com", "password": PASSWORD, "next": "/accounts/password/change/?a=b"}
    assert client.post(reverse("account_login"), body).url == "/accounts/password/change/?a=b"


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/email/",
        "/accounts/reauthenticate/",
        "/accounts/password/set/",
        "/accounts/login/code/confirm/",
        "/accounts/",
    ],
)
def test_what_allauth_could_do_besides_has_no_address(client, maja, path):
    _sign_in(client)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "start",
        "account_email_verification_sent",
        "account_inactive",
        "account_reset_password_from_key_done",
    ],
)
def test_the_pages_stand_in_our_look(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert b'data-face="wallet"' in answer.content
    assert b"giftwell/css/app.css" in answer.content
    assert b" style=" not in answer.content
