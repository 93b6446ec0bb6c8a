"""Actors: what the audit writes down reads back."""

import uuid

import pytest

from giftwell.kit.actor import Actor
from giftwell.kit.ids import parse_id

USER = uuid.UUID(int=7)


@pytest.mark.parametrize(
    "actor",
    [
        Actor.person(USER),
        Actor.api_key(USER),
        Actor.command("issue"),
        Actor.system("relay"),
        Actor.anonymous(),
    ],
)
def test_an_actor_reads_back_from_its_text(actor):
    assert Actor.parse(str(actor)) == actor


def test_a_person_and_a_key_are_named_by_their_public_ids():
    assert str(Actor.person(USER)).startswith("person:usr_")
    assert parse_id("key", Actor.api_key(USER).id) == USER
    assert str(Actor.command("create-admin")) == "command:create-admin"
    assert str(Actor.system("relay")) == "system:relay"
    assert str(Actor.anonymous()) == "anonymous"


@pytest.mark.parametrize("text", ["", "robot:1", "person", "person:", "anonymous:1", "Person:usr_1"])
def test_what_is_no_actor_is_refused(text):
    with pytest.raises(ValueError, match="actor"):
        Actor.parse(text)
