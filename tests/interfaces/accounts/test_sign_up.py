"""Making an account: the address is verified first, no body brings a role, nobody learns who has one."""

import time

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.urls import reverse

from giftwell.foundation.identity.models import Membership, PlatformRole, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.accounts import pace
from tests.factories.identity import PASSWORD, make_person
from tests.interfaces.accounts.mails import written

pytestmark = pytest.mark.django_db

FORM = {"name": "Maja", "email": "maja@example.com", "password1": PASSWORD}


def _sign_up(client, **changed):
    return client.post(reverse("account_signup"), {**FORM, **changed})


def test_a_new_person_gets_a_mail_and_is_signed_in_by_following_it(client):
    answer = _sign_up(client)
    assert answer.status_code == 302
    assert answer.url == reverse("account_email_verification_sent")
    (mail,) = written()
    assert (mail.kind, mail.recipient, mail.context["name"]) == ("verify_email", "maja@example.com", "Maja")
    assert client.get("/accounts/password/change/").status_code == 302
    assert client.get(mail.path).status_code == 200
    assert not EmailAddress.objects.get().verified, "looking at the link must not follow it"
    answer = client.post(mail.path)
    assert (answer.status_code, answer.url) == (302, "/wallet/")
    assert EmailAddress.objects.get().verified
    assert client.get("/accounts/password/change/").status_code == 200


def test_a_link_works_once_and_a_false_one_never(client):
    _sign_up(client)
    (mail,) = written()
    client.post(mail.path)
    client.post(reverse("account_logout"))
    for path in (mail.path, "/accounts/confirm-email/made-up:1abc:xyz/"):
        answer = client.get(path)
        assert b"does not work any more" in answer.content
        assert client.post(path).status_code == 404
    assert client.get("/accounts/password/change/").status_code == 302


def test_nobody_signs_in_before_the_address_is_verified(client):
    make_person(email="maja@example.com", password=PASSWORD, verified=False)
    answer = client.post(reverse("account_login"), {"login": "maja@example.com", "password": PASSWORD})
    assert answer.url == reverse("account_email_verification_sent")
    assert client.get("/accounts/password/change/").status_code == 302
    assert [mail.kind for mail in written()] == ["verify_email"]


@pytest.mark.parametrize(
    "extra",
    [
        {"role": "owner"},
        {"role": "platform_admin"},
        {"is_active": "true"},
        {"is_staff": "on"},
        {"is_superuser": "1"},
        {"merchant": "rosewood"},
        {"memberships": "owner"},
        {"id": "0198c000-0000-7000-8000-000000000000"},
        {"email2": "other@example.com"},
    ],
)
@pytest.mark.parametrize("form", ["account_signup", "start"])
def test_a_role_or_any_other_unknown_field_at_sign_up_is_refused(client, form, extra):
    business = {"business_name": "R", "country": "IE", "currency": "EUR", "time_zone": "Europe/Dublin"}
    body = {**FORM, **(business if form == "start" else {}), **extra}
    answer = client.post(reverse(form), body)
    assert answer.status_code == 422
    assert not User.objects.exists()
    assert not PlatformRole.objects.exists()
    with scope.platform(), reading():
        assert not Membership.objects.exists()
    assert written() == []


@pytest.mark.usefixtures("same_nonce")
def test_a_known_address_is_answered_exactly_like_a_new_one():

    make_person(email="known@example.com", password=PASSWORD)
    answers = {}
    for email in ("known@example.com", "new@example.com"):
        visitor = Client()
        answer = _sign_up(visitor, email=email)
        page = visitor.get(answer.url)
        answers[email] = (answer.status_code, answer.url, _plain(page, email), sorted(answer.cookies))
    assert answers["known@example.com"] == answers["new@example.com"]
    assert sorted((mail.kind, mail.recipient) for mail in written()) == [
        ("account_already_exists", "known@example.com"),
        ("verify_email", "new@example.com"),
    ]
    assert User.objects.filter(email="known@example.com").get().check_password(PASSWORD)


def test_sign_up_hashes_and_waits_evenly_for_known_and_new_addresses(monkeypatch):
    make_person(email="known@example.com", password=PASSWORD)
    hashed = []
    real = Argon2PasswordHasher.encode
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda self, *given: hashed.append(1) or real(self, *given)
    )
    for email in ("known@example.com", "new@example.com"):
        hashed.clear()
        started = time.monotonic()
        _sign_up(Client(), email=email)
        assert len(hashed) == 1, email
        assert time.monotonic() - started >= pace.FLOOR_SECONDS, email


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "a@b\x00.com"),
        ("email", "x" * 250 + "@example.com"),
        ("name", ""),
        ("name", "x" * 121),
        ("password1", "short"),
        ("password1", "password123"),
        ("password1", "maja@example.com"),
        ("password1", ""),
    ],
)
def test_what_does_not_hold_is_said_beside_its_field_and_makes_nobody(client, field, value):
    answer = _sign_up(client, **{field: value})
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {field}
    assert not User.objects.exists()
    assert PASSWORD.encode() not in answer.content


def test_a_stranger_cannot_make_us_write_to_one_address_again_and_again(client):

    make_person(email="known@example.com", password=PASSWORD)
    for _ in range(5):
        _sign_up(Client(), email="known@example.com")
    assert len(written()) == 1


def test_too_many_sign_ups_from_one_place_are_slowed_down(client):

    answers = [_sign_up(Client(), email=f"p{n}@example.com", password1="short") for n in range(21)]
    assert [answer.status_code for answer in answers[:20]] == [200] * 20
    assert answers[20].status_code == 429
    assert answers[20]["Retry-After"]


@pytest.mark.parametrize(
    "forged", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_way_onwards_never_leaves_this_site(client, forged):
    make_person(email="maja@example.com", password=PASSWORD)
    body = {"login": "maja@example.com", "password": PASSWORD, "next": forged}
    answer = client.post(reverse("account_login"), body)
    assert answer.status_code == 302
    assert answer.url.startswith("/")
    assert "evil" not in answer.url
    assert "javascript" not in answer.url


def _plain(page, email):
    """A page without what differs from visit to visit."""
    return page.content.replace(email.encode(), b"")
