"""Encrypting the codes of cards anew, under the key that is now the first one."""

from django.conf import settings

from giftwell.domain.cards.models import Card
from giftwell.foundation.tenancy.renewing import Renewed, renew_rows
from giftwell.kit.crypto import is_current, renewed


def renew_codes(*, write: bool) -> Renewed:
    """Renew every code that lies under an older key. Raises `CannotDecrypt` for one whose key is gone."""
    rows = Card.objects.filter(code_encrypted__isnull=False).only("id", "code_encrypted")
    return renew_rows(rows, _stale, write=write)


def _stale(card: Card) -> dict[str, bytes]:
    ring, blob = settings.KEYRINGS["card_codes"], bytes(card.code_encrypted or b"")
    return {} if is_current(ring, blob) else {"code_encrypted": renewed(ring, blob, card.id.bytes)}
