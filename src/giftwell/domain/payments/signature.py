"""The sandbox processor's webhook signature: `t=<unix seconds>,v1=<hex>`, HMAC-SHA256 over `t`, a point and
the raw bytes.

The raw bytes are signed because JSON that is read and written again is other bytes. The time is signed too,
so that a captured notice cannot be replayed for ever. Several `v1` may stand in a header while a secret is
changed.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from giftwell.domain.payments.gateway import BadSignature, GatewaySecretMissing

HEADER = "Sandbox-Signature"
TOLERANCE = timedelta(minutes=5)
_MAX_HEADER = 512


def _digest(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def sign(secret: str, body: bytes, *, at: datetime) -> str:
    """The header for these bytes sent at this instant. Raises GatewaySecretMissing."""
    if not secret:
        raise GatewaySecretMissing
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={_digest(secret, stamp, body)}"


def check(secret: str, body: bytes, header: str, *, now: datetime) -> None:
    """Return when the bytes were signed with the secret within five minutes of `now`.

    Raises GatewaySecretMissing when there is no secret to compare with, BadSignature for everything else.
    """
    if not secret:
        raise GatewaySecretMissing
    stamp, signatures = _read(header)
    expected = _digest(secret, stamp, body)
    # Every signature is compared to the end: which one matches, and how far, shows in no timing.
    matches = [hmac.compare_digest(expected.encode(), given.encode()) for given in signatures]
    if not any(matches):
        raise BadSignature
    if abs(int(now.timestamp()) - int(stamp)) > TOLERANCE.total_seconds():
        raise BadSignature


def _read(header: str) -> tuple[str, list[str]]:
    if len(header) > _MAX_HEADER:
        raise BadSignature
    pairs = [part.partition("=")[::2] for part in header.split(",")]
    stamps = [value for name, value in pairs if name.strip() == "t"]
    signatures = [value for name, value in pairs if name.strip() == "v1"]
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()) or len(stamps[0]) > 12:
        raise BadSignature
    return stamps[0], signatures
