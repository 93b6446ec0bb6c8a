"""Where a person works: asked before any merchant's scope can be entered."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from giftwell.foundation.tenancy.transactions import reading


@dataclass(frozen=True, slots=True)
class Workplace:
    """One merchant a person works for, and in which role."""

    membership_id: UUID
    merchant_id: UUID
    slug: str
    name: str
    is_sandbox: bool
    is_suspended: bool
    role: str


def find_memberships(user_id: UUID, *, slug: str | None = None) -> list[Workplace]:
    """The merchants this person works for, by name, a live one before its twin; with `slug`, that one or
    none.
    """
    with reading(), connection.cursor() as cursor:
        cursor.execute("select * from identity.find_memberships(%s, %s)", [user_id, slug])
        return [Workplace(*row) for row in cursor.fetchall()]
