"""Encryption at rest, keyed hashes and tokens.

An encrypted value carries the id of its key, so keys can be rotated, and is bound to its place (the row's
id): a ciphertext copied into another row does not decrypt.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TOKEN_BYTES = 24


class CannotDecrypt(Exception):
    """The value was changed, moved to another row, or its key is not in the ring.

    Says nothing of the content.
    """


@dataclass(frozen=True, slots=True)
class Keyring:
    """Named 256-bit keys: the primary encrypts, all of them decrypt."""

    keys: dict[str, bytes] = field(repr=False)
    primary: str

    def __post_init__(self) -> None:
        """Refuse a ring that could not encrypt."""
        if self.primary not in self.keys:
            raise ValueError(f"the primary key {self.primary!r} is not in the ring")
        for name, key in self.keys.items():
            if len(key) != _KEY_BYTES:
                raise ValueError(f"key {name!r} must have {_KEY_BYTES} bytes")
            if not 0 < len(name.encode()) < 256:
                raise ValueError(f"key id {name!r} must have 1 to 255 bytes")

    @property
    def primary_key(self) -> bytes:
        """The key that new values are encrypted with."""
        return self.keys[self.primary]


def encrypt(ring: Keyring, plaintext: bytes, bound_to: bytes) -> bytes:
    """Encrypt under the primary key; only the same `bound_to` (a row's id) opens it again."""
    key_id = ring.primary.encode()
    header = bytes((_VERSION, len(key_id))) + key_id
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return header + nonce + AESGCM(ring.primary_key).encrypt(nonce, plaintext, header + bound_to)


def encrypt_many(ring: Keyring, plaintexts: Sequence[bytes], bound_to: Sequence[bytes]) -> list[bytes]:
    """Encrypt each value as `encrypt` would, bound to its own place; one cipher and one draw for all."""
    key_id = ring.primary.encode()
    header = bytes((_VERSION, len(key_id))) + key_id
    nonces = secrets.token_bytes(_NONCE_BYTES * len(plaintexts))
    seal = AESGCM(ring.primary_key).encrypt
    sealed = []
    for at, (plaintext, place) in enumerate(zip(plaintexts, bound_to, strict=True)):
        nonce = nonces[at * _NONCE_BYTES : (at + 1) * _NONCE_BYTES]
        sealed.append(header + nonce + seal(nonce, plaintext, header + place))
    return sealed


def decrypt(ring: Keyring, blob: bytes, bound_to: bytes) -> bytes:
    """Return the plaintext; raises CannotDecrypt for a changed or moved value, or an unknown key."""
    header = _header(blob)
    key = ring.keys.get(header[2:].decode(errors="replace"))
    if key is None:
        raise CannotDecrypt("the key is not in the ring")
    nonce, sealed = blob[len(header) :][:_NONCE_BYTES], blob[len(header) + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, sealed, header + bound_to)
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt("the value does not open with its key in this place") from error


def key_id_of(blob: bytes) -> str:
    """Return the id of the key a value was encrypted with, for rotation."""
    return _header(blob)[2:].decode(errors="replace")


def _header(blob: bytes) -> bytes:
    if len(blob) < 2 or blob[0] != _VERSION or len(blob) < 2 + blob[1]:
        raise CannotDecrypt("this is not an encrypted value")
    return bytes(blob[: 2 + blob[1]])


def keyed_hash(key: bytes, *parts: bytes) -> bytes:
    """Return 32 bytes of HMAC-SHA256. Parts are length-prefixed, so ("a", "bc") and ("ab", "c") differ."""
    digest = _begun(key).copy()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.digest()


def keyed_hashes(key: bytes, *parts: bytes, each: Sequence[bytes]) -> list[bytes]:
    """Return `keyed_hash(key, *parts, one)` for each one; what they share is hashed once."""
    shared = _begun(key).copy()
    for part in parts:
        shared.update(len(part).to_bytes(8) + part)
    digests = []
    for one in each:
        digest = shared.copy()
        digest.update(len(one).to_bytes(8) + one)
        digests.append(digest.digest())
    return digests


@lru_cache(maxsize=8)
def _begun(key: bytes) -> hmac.HMAC:
    # Taking the key in costs more than hashing what follows, and the keys are few.
    return hmac.new(key, digestmod=hashlib.sha256)


def new_token() -> str:
    """Return a fresh url-safe token of 192 random bits (32 characters)."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def is_current(ring: Keyring, blob: bytes) -> bool:
    """Whether a value is encrypted under the ring's primary key."""
    return key_id_of(blob) == ring.primary


def renewed(ring: Keyring, blob: bytes, bound_to: bytes) -> bytes:
    """The same plaintext under the primary key; raises CannotDecrypt."""
    return encrypt(ring, decrypt(ring, blob, bound_to), bound_to)
