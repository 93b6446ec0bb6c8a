"""The names of whoever did something, for the lists and timelines of every face."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from giftwell.foundation.identity.models import ApiKey, User
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.actor import Actor
from giftwell.kit.ids import UnknownId, parse_id


def actor_names(actors: Iterable[str]) -> dict[str, str]:
    """A name for each of these stored actors, in the scope in force; a key has the name it was given.

    At most two queries, whatever their number; somebody unknown here is called by what kind they are.
    """
    wanted = {text: _read(text) for text in set(actors)}
    people = _ids(wanted.values(), "person", User.PREFIX)
    keys = _ids(wanted.values(), "api_key", ApiKey.PREFIX)
    names: dict[str, str] = {}
    with reading():
        if people:
            names |= {str(Actor.person(one.id)): _person(one) for one in User.objects.filter(id__in=people)}
        if keys:
            found = ApiKey.objects.filter(id__in=keys)
            names |= {str(Actor.api_key(one.id)): _("key “%(name)s”") % {"name": one.name} for one in found}
    return {text: names.get(text, _kind(actor)) for text, actor in wanted.items()}


def _person(user: User) -> str:
    return user.name or user.email.split("@")[0]


def _kind(actor: Actor) -> str:
    words = {
        "person": _("someone"),
        "api_key": _("a key"),
        "command": _("an operator"),
        "system": _("Giftwell"),
        "anonymous": _("a visitor"),
    }
    return words[actor.kind]


def _read(text: str) -> Actor:
    try:
        return Actor.parse(text)
    except ValueError:
        return Actor.system("unknown")


def _ids(actors: Iterable[Actor], kind: str, prefix: str) -> list[UUID]:
    found: list[UUID] = []
    for actor in actors:
        if actor.kind == kind:
            try:
                found.append(parse_id(prefix, actor.id))
            except UnknownId:
                continue
    return found
