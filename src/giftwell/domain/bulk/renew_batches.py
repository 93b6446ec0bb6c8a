"""Encrypting files and passphrases of batches anew, under the key that is now the first one."""

from django.conf import settings

from giftwell.domain.bulk.grant_export import bound_to
from giftwell.domain.bulk.models import Export, Piece
from giftwell.domain.bulk.pieces import bound
from giftwell.foundation.tenancy.renewing import Renewed, renew_rows
from giftwell.kit.crypto import is_current, renewed


def renew_batches(*, write: bool) -> Renewed:
    """Renew what lies under an older key. Raises `CannotDecrypt` for one whose key is gone."""
    pieces = renew_rows(Piece.objects.all(), _stale_piece, write=write)
    granted = Export.objects.filter(passphrase_encrypted__isnull=False)
    exports = renew_rows(granted, _stale_export, write=write)
    return Renewed(pieces.seen + exports.seen, pieces.renewed + exports.renewed)


def _stale_piece(piece: Piece) -> dict[str, bytes]:
    ring, blob = settings.KEYRINGS["card_codes"], bytes(piece.content)
    if is_current(ring, blob):
        return {}
    return {"content": renewed(ring, blob, bound(piece.batch_id, piece.place))}


def _stale_export(export: Export) -> dict[str, bytes]:
    ring, blob = settings.KEYRINGS["credentials"], bytes(export.passphrase_encrypted or b"")
    return (
        {} if is_current(ring, blob) else {"passphrase_encrypted": renewed(ring, blob, bound_to(export.id))}
    )
