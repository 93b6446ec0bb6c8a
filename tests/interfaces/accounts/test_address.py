"""A verified address: sent again with a pause, changed at both ends, and what is shut without one."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.identity import PASSWORD, make_person
from tests.interfaces.accounts.mails import written

pytestmark = pytest.mark.django_db

MAJA, NEW = "maja@example.com", "maja@new.example"


@pytest.fixture
def maja(client):
    person = make_person(email=MAJA, name="Maja", password=PASSWORD)
    client.force_login(person)
    return person


def _ask(client, email=NEW, password=PASSWORD):
    return client.post(reverse("account_address"), {"email": email, "password": password})


def _by_recipient():
    return {mail.recipient: mail for mail in written() if mail.kind == "confirm_address"}


@pytest.mark.usefixtures("same_nonce")
def test_the_link_is_sent_again_after_a_pause_and_for_every_address_alike():
    make_person(email=MAJA, password=PASSWORD, verified=False)
    make_person(email="verified@example.com", password=PASSWORD)
    told = set()
    for email in (MAJA, MAJA, "verified@example.com", "nobody@example.com"):
        visitor = Client()
        answer = visitor.post(reverse("account_resend"), {"email": email})
        page = visitor.get(answer.url)
        told.add((answer.status_code, answer.url, page.content, tuple(sorted(visitor.cookies))))
    assert len(told) == 1
    assert [(mail.kind, mail.recipient) for mail in written()] == [("verify_email", MAJA)]
    with time_machine.travel(now() + timedelta(minutes=4), tick=False):
        Client().post(reverse("account_resend"), {"email": MAJA})
    assert len(written()) == 2


def test_an_address_changes_when_both_links_were_followed_and_not_before(client, maja):
    assert _ask(client).status_code == 302
    mails = _by_recipient()
    assert set(mails) == {MAJA, NEW}
    for at, address in enumerate((NEW, MAJA)):
        assert Client().get(mails[address].path).status_code == 200
        assert User.objects.get(pk=maja.pk).email == MAJA, "looking changes nothing"
        Client().post(mails[address].path)
        assert User.objects.get(pk=maja.pk).email == (MAJA, NEW)[at]
    assert written()[-1].recipient == MAJA, "the address before is told"
    visitor = Client()
    visitor.post(reverse("account_login"), {"login": NEW, "password": PASSWORD})
    assert visitor.get("/wallet/").status_code == 200
    with scope.platform(), reading():
        actions = set(AuditRow.objects.filter(subject=maja.public_id).values_list("action", flat=True))
    assert {"person.new_address_asked", "person.address_changed"} <= actions


def test_one_end_alone_however_often_changes_nothing(client, maja):
    _ask(client)
    for _ in range(3):
        Client().post(_by_recipient()[NEW].path)
    assert User.objects.get(pk=maja.pk).email == MAJA


def test_a_change_needs_the_password(client, maja):
    assert "password" in _ask(client, password="a guess").context["form"].errors
    assert written() == []


def test_an_address_that_is_taken_is_asked_for_like_a_free_one_and_never_taken_over(client, maja):
    other = make_person(email="other@example.com")
    free, taken = _ask(client), _ask(client, email="other@example.com")
    assert (free.status_code, free.url) == (taken.status_code, taken.url)
    kinds = [(mail.kind, mail.recipient) for mail in written()][2:]
    assert kinds == [("confirm_address", MAJA), ("account_already_exists", "other@example.com")]
    Client().post(written()[2].path)
    assert User.objects.get(pk=other.pk).email == "other@example.com"
    assert User.objects.get(pk=maja.pk).email == MAJA


def test_an_address_that_was_taken_meanwhile_ends_the_change(client, maja):
    _ask(client)
    mails = _by_recipient()
    Client().post(mails[MAJA].path)
    make_person(email=NEW)
    assert Client().post(mails[NEW].path).status_code == 404
    assert User.objects.get(pk=maja.pk).email == MAJA


def test_a_link_is_dead_after_a_day_after_another_wish_and_when_it_is_made_up(client, maja):
    _ask(client)
    first = _by_recipient()[NEW].path
    _ask(client, email="third@example.com")
    assert Client().get(first).status_code == 404
    last = written()[-1].path
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert Client().post(last).status_code == 404
    assert Client().get(reverse("account_address_confirm", args=["x" * 32])).status_code == 404


def test_strangers_are_not_written_to_without_end(client, maja):
    answers = [_ask(client, email=f"victim{n}@example.com").status_code for n in range(6)]
    assert answers == [302] * 5 + [409]
    assert len(written()) == 10


def test_without_a_verified_address_nobody_has_a_shop_a_key_or_a_payout(client):
    make_person(email=MAJA, password=PASSWORD, verified=False)
    client.post(reverse("account_login"), {"login": MAJA, "password": PASSWORD})
    business = {"business_name": "R", "country": "IE", "currency": "EUR", "time_zone": "Europe/Dublin"}
    assert b"Your business" in client.post(reverse("start"), business).content, "still a visitor"
    for page in ("/wallet/", "/console/any-shop/", "/backoffice/"):
        assert client.get(page).status_code == 302
