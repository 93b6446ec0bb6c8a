"""Lists by cursor: newest first, never an offset, never more than a hundred rows.

A cursor is the moment and the id of the last row that was shown, in base64. It is no secret and carries no
right: whoever makes one up still sees only rows of their own scope.
"""

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from giftwell.kit.errors import Invalid

DEFAULT_LIMIT = 25
MAX_LIMIT = 100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = struct.Struct(">q16s")


class CursorIsInvalid(Invalid):
    """The cursor was not made by this platform, or was cut."""

    code = "cursor_is_invalid"
    detail = "This cursor cannot be read. Start again from the first page."


class LimitIsInvalid(Invalid):
    """The limit is no whole number from 1 to 100."""

    code = "limit_is_invalid"
    detail = f"The limit must be a whole number from 1 to {MAX_LIMIT}."


@dataclass(frozen=True, slots=True)
class Page[M: Model]:
    """Some rows and where the next ones begin; an empty cursor means that these were the last."""

    rows: Sequence[M]
    next_cursor: str = ""


def encode_cursor(at: datetime, row_id: UUID) -> str:
    """The cursor that continues after this row."""
    micros = (at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(_FORM.pack(micros, row_id.bytes)).decode()


def decode_cursor(text: str) -> tuple[datetime, UUID]:
    """The moment and id a cursor holds. Raises `CursorIsInvalid`."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        micros, row_id = _FORM.unpack(raw)
        return _EPOCH + timedelta(microseconds=micros), UUID(bytes=row_id)
    except (UnicodeEncodeError, binascii.Error, struct.error, OverflowError) as error:
        raise CursorIsInvalid from error


def read_limit(text: str | None) -> int:
    """The page size that was asked for, or the usual one. Raises `LimitIsInvalid`."""
    if text is None or text == "":
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT):
        raise LimitIsInvalid
    return int(text)


def page_of[M: Model](
    rows: QuerySet[M], *, cursor: str | None = None, limit: int = DEFAULT_LIMIT, at: str = "created_at"
) -> Page[M]:
    """The rows after `cursor`, newest first by the time in the field `at` and then by id.

    Call it inside `reading()`: it runs one query and gives back loaded rows. Raises `CursorIsInvalid`,
    `LimitIsInvalid`.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise LimitIsInvalid
    if cursor:
        moment, row_id = decode_cursor(cursor)
        # The first condition alone bounds the index scan; the second one breaks ties.
        rows = rows.filter(Q(**{f"{at}__lte": moment})).filter(
            Q(**{f"{at}__lt": moment}) | Q(**{at: moment, "id__lt": row_id})
        )
    found = list(rows.order_by(f"-{at}", "-id")[: limit + 1])
    if len(found) <= limit:
        return Page(rows=found)
    last: Any = found[limit - 1]
    return Page(rows=found[:limit], next_cursor=encode_cursor(getattr(last, at), last.id))
