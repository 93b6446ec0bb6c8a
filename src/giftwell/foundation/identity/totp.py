"""One-time codes of an authenticator app (RFC 6238): six digits, thirty seconds, one step of drift."""

import base64
import secrets
from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote, urlencode
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.conf import settings

from giftwell.kit.crypto import decrypt, encrypt

PERIOD_SECONDS = 30
ISSUER = "Giftwell"
_DIGITS, _DRIFT = 6, 1
_SECRET_BYTES = 20


def new_secret() -> str:
    """A fresh secret of 160 random bits, in the letters that apps and people type."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def address_of(secret: str, email: str) -> str:
    """What the QR code holds: an app reads issuer, account and secret from it."""
    words = urlencode({"secret": secret, "issuer": ISSUER}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{ISSUER}:{email}')}?{words}"


def code_at(secret: str, step: int) -> str:
    """The code an app shows in this step of thirty seconds."""
    # Apps know nothing but SHA-1 here; the code is a MAC, which SHA-1's collisions do not touch.
    return HOTP(base64.b32decode(secret), _DIGITS, SHA1()).generate(step).decode()  # noqa: S303


def step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """The step this code belongs to, at most one off the present one, or None for a wrong code."""
    present = int(at.timestamp()) // PERIOD_SECONDS
    found = None
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        if compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def sealed(secret: str, user_id: UUID) -> str:
    """The secret as it is kept: encrypted under a key with an id, and bound to its person."""
    blob = encrypt(settings.KEYRINGS["second_factors"], secret.encode(), user_id.bytes)
    return base64.b64encode(blob).decode()


def opened(text: str, user_id: UUID) -> str:
    """The secret again. Raises `CannotDecrypt` for one that was changed or moved to another person."""
    return decrypt(settings.KEYRINGS["second_factors"], base64.b64decode(text), user_id.bytes).decode()
