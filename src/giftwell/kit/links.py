"""Link tokens: what stands in the address of an order or a gift, for people who have no account.

A token is derived from the row's id, so it can be written into a second mail without being kept; the row
keeps a hash of it, by which it is found. A new version of a row's link makes the old one worthless.
"""

import base64
from uuid import UUID

from giftwell.kit.crypto import keyed_hash

_BYTES = 24
_LENGTH = 32


def link_token(key: bytes, purpose: str, row_id: UUID, version: int = 1) -> str:
    """The url-safe token (192 bits, 32 characters) of a row's link."""
    digest = keyed_hash(key, b"link", purpose.encode(), row_id.bytes, version.to_bytes(4))
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode("ascii")


def link_hash(key: bytes, purpose: str, token: str) -> bytes:
    """What a row keeps of its token, and what a presented token is looked up by. Any text is taken."""
    return keyed_hash(key, b"link-hash", purpose.encode(), token.encode(errors="surrogatepass"))


def looks_like_token(token: str) -> bool:
    """Whether a look-up is worth making at all."""
    return len(token) == _LENGTH and token.isascii() and token.replace("-", "").replace("_", "").isalnum()
