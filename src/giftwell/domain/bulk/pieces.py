"""A file in encrypted pieces: written as it arrives, read as a stream by whichever machine checks it."""

from collections.abc import Iterable, Iterator
from itertools import count
from uuid import UUID

from django.conf import settings

from giftwell.domain.bulk.limits import MOST_FILE_BYTES
from giftwell.domain.bulk.models import Batch, Piece
from giftwell.domain.bulk.refusals import FileIsUnreadable
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.crypto import decrypt, encrypt

PIECE_BYTES = 512 * 1024


def keep_pieces(batch: Batch, content: Iterable[bytes]) -> None:
    """Store the file in the open transaction. Raises `FileIsUnreadable` where it is empty or too large."""
    held, place, size = bytearray(), 0, 0
    for part in content:
        size += len(part)
        if size > MOST_FILE_BYTES:
            raise FileIsUnreadable(
                f"This file is larger than {MOST_FILE_BYTES // 1024**2} MB. Split it in parts."
            )
        held += part
        while len(held) >= PIECE_BYTES:
            _keep(batch, place, bytes(held[:PIECE_BYTES]))
            del held[:PIECE_BYTES]
            place += 1
    if held:
        _keep(batch, place, bytes(held))
    if not size:
        raise FileIsUnreadable("This file is empty.")


def pieces_of(batch: Batch) -> Iterator[bytes]:
    """The file's bytes, a piece at a time, each read in a short transaction of its own."""
    for place in count():
        with reading():
            piece = Piece.objects.filter(merchant_id=batch.merchant_id, batch=batch, place=place).first()
        if piece is None:
            return
        yield decrypt(settings.KEYRINGS["card_codes"], bytes(piece.content), bound(batch.id, place))


def _keep(batch: Batch, place: int, content: bytes) -> None:
    sealed = encrypt(settings.KEYRINGS["card_codes"], content, bound(batch.id, place))
    Piece.objects.create(merchant_id=batch.merchant_id, batch=batch, place=place, content=sealed)


def bound(batch_id: UUID, place: int) -> bytes:
    """The one place where a piece opens."""
    return b"bulk.piece:" + batch_id.bytes + place.to_bytes(4)
