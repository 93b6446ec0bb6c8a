"""Where a person works: asked before any merchant's scope can be entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from giftwell.foundation.tenancy.transactions import reading


@dataclass(frozen=True, slots=True)
class Workplace:
    """One merchant a person works for, and in which role.

    `permissions` are those of a role the merchant put together itself, else None; `location_ids` the places
    the person works at, None for all of them.
    """

    membership_id: UUID
    merchant_id: UUID
    slug: str
    name: str
    is_sandbox: bool
    is_suspended: bool
    role: str
    permissions: tuple[str, ...] | None
    location_ids: frozenset[UUID] | None


def find_memberships(user_id: UUID, *, slug: str | None = None) -> list[Workplace]:
    """The merchants this person works for, by name, a live one before its twin; with `slug`, that one or
    none.
    """
    with reading(), connection.cursor() as cursor:
        cursor.execute("select * from identity.find_workplaces(%s, %s)", [user_id, slug])
        return [_workplace(row) for row in cursor.fetchall()]


def _workplace(row: Sequence[Any]) -> Workplace:
    *plain, permissions, location_ids = row
    named = None if permissions is None else tuple(permissions)
    places = None if location_ids is None else frozenset(location_ids)
    return Workplace(*[*plain, named, places])
