"""Guessing over many accounts is told to the platform's admins, and not once a minute."""

from datetime import timedelta

import pytest

from giftwell.foundation.events.models import Event
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.identity.take_try import take_try
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs import people
from giftwell.kit.clock import now
from tests.factories.identity import TESTS, make_person
from tests.interfaces.accounts.mails import written


@pytest.mark.django_db
def test_a_flood_of_wrong_passwords_is_told_to_each_admin_once_an_hour(settings, monkeypatch):
    settings.SIGN_IN_FLOOD_FLOOR = 3
    begin = now()
    for role in ("platform_admin", "support"):
        email = make_person(email=f"{role}@example.com").email
        create_admin(email=email, name="", password=None, role=role, actor=TESTS, now=begin)
    for minutes in (0, 1, 61):
        at = begin + timedelta(minutes=minutes)
        for n in range(5):
            take_try(email=f"p{n}@example.com", now=at)
        with scope.platform():
            with reading():
                event = Event.objects.filter(type="sign_in.flooded").latest("at", "id")
            monkeypatch.setattr(people, "now", lambda at=at: at)
            for _ in range(2):
                people.alert_of_flood.func(
                    type("Context", (), {"job": type("Job", (), {"id": 1})}),
                    event_id=str(event.id),
                    merchant_id=None,
                )
    told = [mail.recipient for mail in written() if mail.kind == "platform_alert"]
    assert told == ["platform_admin@example.com"] * 2
