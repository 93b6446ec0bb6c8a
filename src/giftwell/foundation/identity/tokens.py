"""How a person's tokens look, what is kept of them, and how long a family of them lives."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from giftwell.foundation.identity.models import TokenFamily
from giftwell.kit.crypto import keyed_hash, new_token

ACCESS_PREFIX, _REFRESH_PREFIX = "gw_access_", "gw_refresh_"
ACCESS_MINUTES = 15
# Longer than any token ever made; what is longer is not worth hashing.
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Tokens:
    """What is told once and never again: the access token, until when it works, and the refresh token."""

    access: str
    access_until: datetime
    refresh: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The hashes of a refresh token that somebody shows."""

    handle_hash: bytes
    refresh_hash: bytes


def fresh_tokens(*, handle: str = "", now: datetime) -> Tokens:
    """A new pair; of the family with this `handle`, else of a new one."""
    handle = handle or new_token()
    return Tokens(
        access=ACCESS_PREFIX + new_token(),
        access_until=now + timedelta(minutes=ACCESS_MINUTES),
        refresh=f"{_REFRESH_PREFIX}{handle}.{new_token()}",
    )


def handle_of(refresh: str) -> str:
    """The part that all refresh tokens of a family share; empty when this is none."""
    if len(refresh) > _LONGEST or not refresh.startswith(_REFRESH_PREFIX):
        return ""
    return refresh.removeprefix(_REFRESH_PREFIX).partition(".")[0]


def shown(refresh: str) -> Shown:
    """What a refresh token is looked up by."""
    return Shown(_hash(b"handle", handle_of(refresh)), _hash(b"refresh", refresh))


def hash_of_access(access: str) -> bytes | None:
    """What an access token is looked up by, or None for what cannot be one."""
    if len(access) > _LONGEST or not access.startswith(ACCESS_PREFIX):
        return None
    return _hash(b"access", access)


def is_over(family: TokenFamily, role: str, *, now: datetime) -> bool:
    """Whether it has lived, or lain unused, for longer than a session in this role may."""
    idle, whole = settings.SESSION_LIMITS.get(role) or settings.SESSION_LIMITS["person"]
    return now - family.seen_at > timedelta(minutes=idle) or now - family.began_at > timedelta(minutes=whole)


def _hash(kind: bytes, text: str) -> bytes:
    return keyed_hash(settings.LOOKUP_KEYS["token"], b"person", kind, text.encode())
