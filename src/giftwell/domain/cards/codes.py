"""How a card's code is kept: a hash for look-up, a ciphertext for its holder, four plain characters.

The hash includes the merchant: a code is looked up within one merchant only, and the same text at two
merchants has two hashes. A malformed text has none, so that it is answered like a code that does not exist.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from giftwell.kit import codes
from giftwell.kit.code_hash import code_hash as hash_of
from giftwell.kit.crypto import decrypt, encrypt, keyed_hash


@dataclass(frozen=True, slots=True)
class KeptCode:
    """The three forms of one code that a card's row holds."""

    code_hash: bytes
    code_encrypted: bytes
    last4: str


def code_hash(merchant_id: UUID, text: str) -> bytes | None:
    """What a code typed or scanned at this merchant is looked up by; None where it cannot be a code."""
    return hash_of(settings.LOOKUP_KEYS["code"], merchant_id, text)


def make_code(merchant_id: UUID, card_id: UUID) -> KeptCode:
    """A fresh code for a card, already in the forms it is kept in; its plain text is dropped here."""
    code = codes.new_code()
    return KeptCode(
        code_hash=keyed_hash(settings.LOOKUP_KEYS["code"], merchant_id.bytes, code.encode()),
        code_encrypted=encrypt(settings.KEYRINGS["card_codes"], code.encode(), card_id.bytes),
        last4=codes.last4(code),
    )


def open_code(card_id: UUID, code_encrypted: bytes) -> str:
    """The plain code of a card: 17 characters, or an imported one as it came.

    Only `reveal_code` and the export of a batch call this: they write down who looked.
    """
    return decrypt(settings.KEYRINGS["card_codes"], code_encrypted, card_id.bytes).decode()
