"""What somebody wrote about their business before their address was verified.

It waits in the shared cache under the person, not in the browser's session: the link in the mail may be
opened on another device. Losing it costs a form filled in again, nothing else.
"""

from typing import Any
from uuid import UUID

from django.core.cache import cache

_KEPT_SECONDS = 3 * 24 * 3600
FIELDS = ("business_name", "country", "currency", "time_zone")


def keep_draft(user_id: UUID, details: dict[str, Any]) -> None:
    """Remember the business's details until the person comes back verified."""
    cache.set(_key(user_id), {name: str(details[name]) for name in FIELDS}, _KEPT_SECONDS)


def draft_of(user_id: UUID) -> dict[str, str]:
    """The details that wait for this person, or nothing."""
    return cache.get(_key(user_id)) or {}


def drop_draft(user_id: UUID) -> None:
    """Forget them: the business exists now."""
    cache.delete(_key(user_id))


def _key(user_id: UUID) -> str:
    return f"accounts:draft:{user_id}"
