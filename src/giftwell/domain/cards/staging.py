"""Cards on their way into the tables by COPY: rows, and the bytes that PostgreSQL reads them from.

The binary form, written by hand: a value that Python turns into text is turned back by the server, and for a
million cards that adds up.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from giftwell.kit import codes
from giftwell.kit.crypto import encrypt_many, keyed_hashes
from giftwell.kit.ids import new_ids

MOST_AT_ONCE = 20_000
"""Cards of one load: as many as make its fixed costs small, and few enough for flat memory."""

_COPY = (
    "copy cards_staging (load_id, n, card_id, value_minor, expires_at, code_hash, code_encrypted, last4) "
    "from stdin (format binary)"
)
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"
_FIELDS = 8
_HEAD = struct.Struct("!hi16siii16siq")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_NULL = struct.pack("!i", -1)
_LAST4_BYTES = 4


@dataclass(frozen=True, slots=True)
class StagedCard:
    """A card that is to be: its value, the last instant of its validity, and its code as it is kept."""

    card_id: UUID
    value_minor: int
    expires_at: datetime | None
    code_hash: bytes
    code_encrypted: bytes
    last4: str


@dataclass(frozen=True, slots=True)
class Load:
    """The cards of one load, ready to be sent: `block` is what COPY reads."""

    id: UUID
    count: int
    amount_minor: int
    block: bytes


def with_new_codes(
    merchant_id: UUID, rows: Sequence[tuple[UUID, int, datetime | None]], *, load_id: UUID
) -> Load:
    """A load of cards (id, value in minor units, end of validity), each with a fresh code of ours.

    The plain codes are dropped here. Needs no database: one thread makes the next load while the database
    takes this one.
    """
    plain = codes.new_codes(len(rows))
    ids = [card_id.bytes for card_id, _, _ in rows]
    hashes = keyed_hashes(settings.LOOKUP_KEYS["code"], merchant_id.bytes, each=plain)
    sealed = encrypt_many(settings.KEYRINGS["card_codes"], plain, ids)
    cards = [
        StagedCard(card_id, value_minor, ends_at, hashed, encrypted, code[-4:].decode())
        for (card_id, value_minor, ends_at), hashed, encrypted, code in zip(
            rows, hashes, sealed, plain, strict=True
        )
    ]
    return load_of(cards, load_id=load_id)


def of_one_value(
    merchant_id: UUID, count: int, value_minor: int, expires_at: datetime | None, *, load_id: UUID
) -> Load:
    """A load of `count` new cards that are all alike."""
    return with_new_codes(
        merchant_id, [(card_id, value_minor, expires_at) for card_id in new_ids(count)], load_id=load_id
    )


def load_of(cards: Sequence[StagedCard], *, load_id: UUID) -> Load:
    """A load of cards that have their codes."""
    mark = load_id.bytes
    ends: dict[datetime | None, bytes] = {None: _NULL}
    parts = [_HEADER]
    for place, card in enumerate(cards, start=1):
        if card.expires_at not in ends:
            ends[card.expires_at] = struct.pack("!iq", 8, _microseconds(card.expires_at))
        head = _HEAD.pack(
            _FIELDS, 16, mark, 4, place, 16, card.card_id.bytes, 8, card.value_minor
        )  # fmt: skip
        parts += (
            head,
            ends[card.expires_at],
            len(card.code_hash).to_bytes(4),
            card.code_hash,
            len(card.code_encrypted).to_bytes(4),
            card.code_encrypted,
            _LAST4_BYTES.to_bytes(4),
            card.last4.encode(),
        )
    parts.append(_END)
    return Load(load_id, len(cards), sum(card.value_minor for card in cards), b"".join(parts))


def send(load: Load) -> None:
    """COPY the load into the staging table, in the open transaction that is going to issue it."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write(load.block)


def _microseconds(at: datetime | None) -> int:
    assert at is not None
    return (at - _EPOCH) // timedelta(microseconds=1)
