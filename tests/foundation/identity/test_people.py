"""Who a person is: one account per address, and no role but by a command."""

import pytest
from django.db import IntegrityError

from giftwell.foundation.events.models import Event
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.identity.create_person import AddressIsTaken, create_person
from giftwell.foundation.identity.models import Membership, PlatformRole, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from tests.factories.identity import PASSWORD, TESTS, make_person

pytestmark = pytest.mark.django_db


def test_an_address_belongs_to_one_person_in_any_case():
    make_person(email="Maja@Example.com")
    assert User.objects.get().email == "maja@example.com"
    with pytest.raises(AddressIsTaken):
        make_person(email="MAJA@example.COM")


def test_the_database_itself_refuses_capitals_in_an_address():
    with pytest.raises(IntegrityError), transaction():
        User.objects.create(email="Maja@example.com")


def test_a_password_is_kept_as_an_argon2_hash_only():
    person = make_person(password=PASSWORD)
    stored = User.objects.get(pk=person.pk)
    assert stored.password.startswith("argon2$argon2id$")
    assert PASSWORD not in stored.password
    assert stored.check_password(PASSWORD)


def test_a_new_person_has_no_role_anywhere():
    person = make_person()
    with scope.platform(), reading():
        assert not Membership.objects.filter(user=person).exists()
    assert not PlatformRole.objects.exists()


def test_a_person_is_no_word_of_their_address_in_text():
    person = make_person(email="secret.address@example.com", name="")
    assert "secret" not in str(person)
    assert str(person).startswith("usr_")


def test_making_a_person_is_recorded_as_done_by_themselves():
    person = create_person(email="self@example.com", name="Self", password=None, verified=False, now=now())
    with scope.platform(), reading():
        event = Event.objects.get(type="person.created")
    assert event.actor == str(Actor.person(person.id))
    assert event.subject == person.public_id


def test_a_command_makes_an_admin_and_may_be_repeated():
    for _ in range(2):
        admin = create_admin(email="ada@example.com", name="Ada", password=PASSWORD, actor=TESTS, now=now())
    assert list(PlatformRole.objects.values_list("user", "role")) == [(admin.pk, "platform_admin")]


def test_making_an_admin_of_somebody_known_keeps_their_password_and_name():
    person = make_person(email="ada@example.com", name="Ada", password=PASSWORD)
    create_admin(email="ada@example.com", name="Mallory", password="another password", actor=TESTS, now=now())
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert person.name == "Ada"
