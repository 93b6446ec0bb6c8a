"""Guessing through the pages: of many at once five are judged, and a wait looks like a wrong password."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client
from django.urls import reverse

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity import totp
from giftwell.foundation.identity.add_authenticator_app import add_authenticator_app
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.accounts import pace
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.factories.identity import PASSWORD, make_person
from tests.interfaces.accounts.mails import written

MAJA = "maja@example.com"


def _sign_in(client, password, email=MAJA, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **more)


def test_of_sixty_wrong_passwords_at_once_five_are_judged(own_database: OwnDatabase, monkeypatch) -> None:
    make_person(email=MAJA, password=PASSWORD)
    judged = []
    real = User.check_password
    monkeypatch.setattr(
        User, "check_password", lambda self, password: judged.append(1) or real(self, password)
    )

    def guess(number: int) -> int:
        try:
            return _sign_in(Client(), f"guess {number}", REMOTE_ADDR=f"192.0.2.{number}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(guess, range(60)))
    assert answers == [200] * 60
    assert len(judged) == 5


@pytest.mark.django_db
def test_a_wait_cannot_be_told_from_a_wrong_password(monkeypatch):
    make_person(email=MAJA, password=PASSWORD)
    hashed = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda self, *given, real=real: hashed.append(1) or real(self, *given)
        )
    told = set()
    for n in range(8):
        hashed.clear()
        answer = _sign_in(Client(), "a guess" if n < 7 else PASSWORD, REMOTE_ADDR=f"192.0.2.{n}")
        told.add((answer.status_code, str(answer.context["form"].errors), len(hashed), len(answer.cookies)))
    assert len(told) == 1
    with scope.platform(), reading():
        reasons = list(
            AuditRow.objects.filter(action="person.signed_in").order_by("id").values_list("reason", flat=True)
        )
    assert reasons == ["address_or_password_wrong"] * 5 + ["too_many_tries"] * 3


@pytest.mark.django_db
def test_known_unknown_and_waiting_addresses_are_evenly_refused():
    make_person(email=MAJA, password=PASSWORD)
    for _ in range(5):
        _sign_in(Client(), "a guess", REMOTE_ADDR="192.0.2.1")
    for email in (MAJA, "nobody@example.com"):
        started = time.monotonic()
        _sign_in(Client(), "a guess", email=email)
        assert time.monotonic() - started >= pace.FLOOR_SECONDS, email


@pytest.mark.django_db
def test_one_place_may_try_twenty_times_a_minute(monkeypatch):
    monkeypatch.setattr(pace, "FLOOR_SECONDS", 0.0)
    told = [_sign_in(Client(), "a guess", email=f"p{n}@example.com").status_code for n in range(21)]
    assert told == [200] * 20 + [429]


@pytest.mark.django_db
def test_guesses_from_within_a_session_count_at_the_same_door(client):
    maja = make_person(email=MAJA, password=PASSWORD)
    client.force_login(maja)
    page = reverse("account_change_password")
    for n in range(5):
        client.post(page, {"oldpassword": f"guess {n}", "password1": "another quiet river"})
    visitor = Client()
    _sign_in(visitor, PASSWORD)
    assert visitor.get(page).status_code == 302
    with scope.platform(), reading():
        rows = AuditRow.objects.filter(action="person.confirmed").values_list("subject", "outcome")
        assert set(rows) == {(maja.public_id, "refused")}


def _shut(email=MAJA):
    for n in range(6):
        _sign_in(Client(), f"guess {n}", email=email)
    assert _sign_in(Client(), PASSWORD, email=email).status_code == 200, "the door is shut"


@pytest.mark.django_db
def test_the_owner_of_a_shut_account_gets_in_by_a_link_in_a_mail(monkeypatch):
    monkeypatch.setattr(pace, "FLOOR_SECONDS", 0)
    make_person(email=MAJA, password=PASSWORD)
    _shut()
    client = Client()
    client.post(reverse("account_reset_password"), {"email": MAJA})
    (mail,) = [one for one in written() if one.kind == "reset_password"]
    page = client.get(mail.path, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "another quiet river bend"})
    assert _sign_in(Client(), "another quiet river bend").status_code == 302


@pytest.mark.django_db
def test_the_owner_of_a_shut_account_gets_in_from_a_known_device_with_a_second_factor(monkeypatch):
    monkeypatch.setattr(pace, "FLOOR_SECONDS", 0)
    maja = make_person(email=MAJA, password=PASSWORD)
    here = Client()
    _sign_in(here, PASSWORD)
    here.post(reverse("account_logout"))
    secret = totp.new_secret()
    step = int(now().timestamp()) // 30
    add_authenticator_app(user=maja, secret=secret, code=totp.code_at(secret, step), now=now())
    _shut()
    assert _sign_in(here, PASSWORD).url == reverse("mfa_authenticate")
    here.post(reverse("mfa_authenticate"), {"code": totp.code_at(secret, step + 1)})
    assert here.get("/wallet/").status_code == 200
