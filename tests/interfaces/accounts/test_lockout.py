"""Guessing through the pages: of many at once five are judged, and a wait looks like a wrong password."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client
from django.urls import reverse

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.accounts import pace
from tests.database import OwnDatabase
from tests.factories.identity import PASSWORD, make_person

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
