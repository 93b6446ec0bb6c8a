"""Who does something: a plain value that verbs take and the audit writes down, for example `person:usr_…`."""

import uuid
from dataclasses import dataclass
from typing import Self

from giftwell.kit.ids import public_id

KINDS = frozenset({"person", "api_key", "command", "system", "anonymous"})


@dataclass(frozen=True, slots=True)
class Actor:
    """A kind and the id of one of that kind; an anonymous actor has no id."""

    kind: str
    id: str = ""

    def __post_init__(self) -> None:
        """Refuse what the audit could not read back."""
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of actor: {self.kind!r}")
        if bool(self.id) == (self.kind == "anonymous"):
            raise ValueError("an actor has an id, unless it is anonymous")

    def __str__(self) -> str:
        """Return the form that is stored: `kind:id`, or `anonymous`."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str(actor)` wrote; raises ValueError for anything else."""
        kind, _, identity = text.partition(":")
        return cls(kind, identity)

    @classmethod
    def person(cls, user_id: uuid.UUID) -> Self:
        """Return someone who is signed in."""
        return cls("person", public_id("usr", user_id))

    @classmethod
    def api_key(cls, key_id: uuid.UUID) -> Self:
        """Return a program that showed an API key."""
        return cls("api_key", public_id("key", key_id))

    @classmethod
    def command(cls, name: str) -> Self:
        """Return an operator's command on the server, by its name."""
        return cls("command", name)

    @classmethod
    def system(cls, name: str) -> Self:
        """Return the platform itself: a job or a reaction, by its name."""
        return cls("system", name)

    @classmethod
    def anonymous(cls) -> Self:
        """Return someone unknown: a visitor, a holder of a link."""
        return cls("anonymous")
