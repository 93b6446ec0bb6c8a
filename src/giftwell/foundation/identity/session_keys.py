"""What is kept of a session's key."""

from hashlib import blake2b


def kept_key(session_key: str) -> str:
    """A hash of the key in the cookie: it has 160 random bits, so a plain hash says nothing about it."""
    return blake2b(session_key.encode(), digest_size=20).hexdigest()
