"""How a message's recipient and words lie in the database.

Encrypted, each bound to its own row and column.
"""

import json
from typing import Any
from uuid import UUID

from django.conf import settings

from giftwell.kit.crypto import decrypt, encrypt


def seal(place: str, row_id: UUID, value: object) -> bytes:
    """Encrypt a JSON value for one place (`context`, `recipient`, `outbox`) of one row."""
    plain = json.dumps(value, ensure_ascii=False).encode()
    return encrypt(settings.KEYRINGS["messages"], plain, _bound(place, row_id))


def unseal(place: str, row_id: UUID, sealed: bytes | memoryview) -> Any:
    """Return what was sealed; raises CannotDecrypt."""
    return json.loads(decrypt(settings.KEYRINGS["messages"], bytes(sealed), _bound(place, row_id)))


def masked(address: str) -> str:
    """Return the address as the log may show it: `m…@example.com`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _bound(place: str, row_id: UUID) -> bytes:
    return f"messaging.{place}:".encode() + row_id.bytes
