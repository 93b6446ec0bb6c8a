"""Setting a password through the pages: judged alike everywhere, told by mail, links that end."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from giftwell.foundation.identity.password_rules import POLICIES
from giftwell.kit.clock import now
from tests.factories.identity import PASSWORD, make_person
from tests.interfaces.accounts.mails import written

pytestmark = pytest.mark.django_db

NEW = "another quiet river"


@pytest.fixture
def maja(client):
    person = make_person(email="maja@example.com", password=PASSWORD)
    client.force_login(person)
    return person


def _change(client, new, old=PASSWORD):
    return client.post(reverse("account_change_password"), {"oldpassword": old, "password1": new})


def test_a_change_is_told_by_mail_and_the_one_before_does_not_come_back(client, maja):
    assert _change(client, NEW).status_code == 302
    (mail,) = written()
    assert (mail.kind, mail.context["headline"]) == ("security_notice", "Your password was changed")
    again = _change(client, PASSWORD, old=NEW)
    assert "used this one before" in str(again.context["form"].errors["password1"])


@pytest.mark.parametrize("new", ["too short for it", "password1234567", "maja@example.com"])
def test_the_link_and_the_page_judge_alike(client, maja, new):
    new = new[:14] if new.startswith("too") else new
    changed = _change(client, new).context["form"].errors["password1"]
    client.logout()
    client.post(reverse("account_reset_password"), {"email": maja.email})
    page = client.get(written()[-1].path, follow=True)
    reset = client.post(page.context["action_url"], {"password1": new}).context["form"].errors["password1"]
    signing_up = client.post(
        reverse("account_signup"), {"name": "M", "email": "m@example.com", "password1": new}
    )
    assert changed == reset
    if new != maja.email:
        assert changed == signing_up.context["form"].errors["password1"]


def test_a_link_to_a_new_password_holds_an_hour(client, maja):
    client.logout()
    client.post(reverse("account_reset_password"), {"email": maja.email})
    path = written()[-1].path
    with time_machine.travel(now() + timedelta(minutes=59), tick=False):
        assert b"does not work any more" not in Client().get(path, follow=True).content
    with time_machine.travel(now() + timedelta(minutes=61), tick=False):
        assert b"does not work any more" in Client().get(path, follow=True).content


def test_the_page_says_the_rule_and_brings_a_meter(client, settings):
    page = client.get(reverse("account_signup")).content.decode()
    assert 'data-least="15"' in page
    assert "At least 15 characters" in page
    assert "strength.js" in page
    settings.PASSWORD_POLICY = POLICIES["composition"].name
    page = client.get(reverse("account_signup")).content.decode()
    assert 'data-least="8"' in page
    assert 'data-kinds="4"' in page
