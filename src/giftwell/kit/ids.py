"""Identifiers: uuid7 inside, `card_01h…` outside.

A public id is a prefix and the uuid's 128 bits as 26 characters of lower-case Crockford base32, so that
ids sort by age in either form. Exactly one spelling of each id is accepted: upper case or a look-alike is
an unknown id.
"""

import base64
import binascii
import uuid

import uuid_utils.compat

from giftwell.kit.errors import NotFound

_RFC4648 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD = b"0123456789abcdefghjkmnpqrstvwxyz"
_TO_RFC4648 = bytes.maketrans(_CROCKFORD, _RFC4648)
# Two characters for each ten bits: thirteen look-ups make an id.
_PAIRS = tuple(chr(one) + chr(other) for one in _CROCKFORD for other in _CROCKFORD)
_SHIFTS = tuple(range(120, -1, -10))
_FOREIGN = bytes(set(range(256)) - set(_CROCKFORD))
_LENGTH = 26
# 160 bits fill 32 characters exactly: four zero bytes in front put the uuid's bits at the end.
_PAD = bytes(4)
_PAD_LENGTH = 6


class UnknownId(NotFound):
    """The text is not an id of the wanted kind."""

    code = "not_found"
    detail = "There is nothing with that id."


def new_id() -> uuid.UUID:
    """Return a fresh uuid7: it begins with the time in milliseconds, so new rows land at the index's end."""
    return uuid_utils.compat.uuid7()


def new_ids(count: int) -> list[uuid.UUID]:
    """Return many fresh uuid7s, each later in order than the one before."""
    return sorted(uuid_utils.compat.uuid7() for _ in range(count))


def public_id(prefix: str, value: uuid.UUID) -> str:
    """Return the id as people and programs outside see it, for example `card_06f…`."""
    number = value.int
    return f"{prefix}_" + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def parse_id(prefix: str, text: str) -> uuid.UUID:
    """Return the uuid inside a public id; raises UnknownId for another prefix or any other spelling."""
    head = f"{prefix}_"
    body = text[len(head) :]
    if not text.startswith(head) or len(body) != _LENGTH or not body.isascii():
        raise UnknownId
    raw = body.encode("ascii")
    if raw.translate(None, _FOREIGN) != raw:
        raise UnknownId
    try:
        padded = base64.b32decode(b"A" * _PAD_LENGTH + raw.translate(_TO_RFC4648))
    except binascii.Error as error:  # pragma: no cover - the alphabet and the length are checked above
        raise UnknownId from error
    if not padded.startswith(_PAD):
        raise UnknownId
    return uuid.UUID(bytes=padded[len(_PAD) :])
