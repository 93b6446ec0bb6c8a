"""Recognise a machine by its secret, before any merchant is known."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.foundation.identity.create_api_key import LIVE_PREFIX, TEST_PREFIX, hash_of
from giftwell.foundation.tenancy.transactions import reading

# Longer than any secret ever made; what is longer is not worth hashing.
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class FoundKey:
    """What a recognised key says about its caller."""

    key_id: UUID
    merchant_id: UUID
    scopes: frozenset[str]
    expires_at: datetime | None
    is_suspended: bool
    networks: tuple[str, ...]
    requests_a_minute: int | None

    def is_expired(self, now: datetime) -> bool:
        """Whether the key's time is over."""
        return self.expires_at is not None and self.expires_at <= now


def find_api_key(secret: str, *, now: datetime) -> FoundKey | None:
    """The key with this secret, or nothing: unknown, revoked and expired look the same to a caller.

    A key of a suspended merchant is found, and says so (`is_suspended`): its caller may be told why it is
    refused.
    """
    if len(secret) > _LONGEST or not secret.startswith((LIVE_PREFIX, TEST_PREFIX)):
        return None
    with reading(), connection.cursor() as cursor:
        cursor.execute("select * from identity.find_api_key(%s)", [hash_of(secret)])
        row = cursor.fetchone()
    if row is None:
        return None
    found = FoundKey(
        key_id=row[0],
        merchant_id=row[1],
        scopes=frozenset(row[2]),
        expires_at=row[3],
        is_suspended=row[4],
        networks=tuple(row[5]),
        requests_a_minute=row[6],
    )
    return None if found.is_expired(now) else found
