"""What a key was used for, in few bytes: one short keyed hash a field, in a fixed order.

Two requests with one key are the same if all hashes are; where they are not, the differing fields can be
named without keeping any value. No Django here: the point of sale builds the same ones.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

_WIDTH = 4
_PLAIN = bytes(_WIDTH)  # stands for a later field that says nothing new; no hash of anything, but by chance
_SPEND = ("code", "amount_minor", "currency", "location", "reference", "allow_partial")
FIELDS: dict[str, tuple[str, ...]] = {
    "redeem": _SPEND,
    "authorize": (*_SPEND, "expires_in_seconds"),
    "reauthorize": ("authorization", "amount_minor", "expires_in_seconds"),
    "capture": ("authorization", "amount_minor", "tip_minor", "final"),
    "void": ("authorization",),
    "refund": ("redemption", "amount_minor"),
    "unlinked_refund": ("code", "card", "amount_minor", "currency", "location", "reference"),
}
"""Operation → its fields. The order is stored: never change it, add at the end."""
ADDED: dict[str, dict[str, object]] = {"capture": {"tip_minor": 0, "final": True}}
"""Fields that came later, and what a request without them means: it leaves the same bytes as before."""


def fingerprint(key: bytes, operation: str, values: Mapping[str, object]) -> bytes:
    """The operation and each of its fields, hashed with `key`. Raises KeyError where a field is missing."""
    added = ADDED.get(operation, {})
    parts = [_short(key, b"operation", operation.encode())]
    for name in FIELDS[operation]:
        value = values.get(name, added[name]) if name in added else values[name]
        is_plain = name in added and _bytes(value) == _bytes(added[name])
        parts.append(_PLAIN if is_plain else _short(key, name.encode(), _bytes(value)))
    while len(parts) > 1 and parts[-1] == _PLAIN:
        parts.pop()
    return b"".join(parts)


def differing_fields(operation: str, mine: bytes, stored: bytes) -> list[str]:
    """The names of the fields in which two fingerprints differ.

    `["operation"]` where the key did something else altogether.
    """
    if mine[:_WIDTH] != stored[:_WIDTH]:
        return ["operation"]
    longest = _WIDTH * (1 + len(FIELDS[operation]))
    mine, stored = mine.ljust(longest, b"\0"), stored.ljust(longest, b"\0")
    return [
        name
        for place, name in enumerate(FIELDS[operation], start=1)
        if mine[place * _WIDTH : (place + 1) * _WIDTH] != stored[place * _WIDTH : (place + 1) * _WIDTH]
    ]


def _short(key: bytes, name: bytes, value: bytes) -> bytes:
    # Short values (nothing, yes, no, a currency, a price) come again and again; a code's hash never does.
    return _remembered(key, name, value) if len(value) < _SHORT else _hashed(key, name, value)


def _hashed(key: bytes, name: bytes, value: bytes) -> bytes:
    # The field's name keeps equal values of two fields apart.
    return blake2b(value, digest_size=_WIDTH, key=key, person=name[:16]).digest()


_SHORT = 12
_remembered = lru_cache(maxsize=4096)(_hashed)


def _bytes(value: object) -> bytes:
    # A type's mark in front: 1, True, "1" and nothing are four values.
    match value:
        case None:
            return b"n"
        case bool():
            return b"t" if value else b"f"
        case int():
            return b"i%d" % value
        case str():
            return b"s" + value.encode()
        case bytes():
            return b"b" + value
        case UUID():
            return b"u" + value.bytes
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a fingerprint")
