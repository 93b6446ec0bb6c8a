"""The keys everything secret hangs on, from the environment or, in embedded mode, from a file only we can
read.

MASTER_KEYS is `id:hex,id:hex…`, the first one in use and the rest kept for reading; each purpose gets its own
key out of them. LOOKUP_KEY makes the keyed hashes that codes, tokens and API keys are found by.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from giftwell.config.environment import BadEnvironment, Environment
from giftwell.kit.crypto import Keyring

FILE = "secrets.json"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The raw secrets a process runs with."""

    secret_key: str
    master_keys: str
    lookup_key: str
    sandbox_processor_secret: str


def load(environment: Environment) -> Secrets:
    """The secrets of this installation.

    Raises BadEnvironment when a server installation lacks one: nothing is ever invented beside somebody's
    database.
    """
    names = ("secret_key", "master_keys", "lookup_key", "sandbox_processor_secret")
    given = {name: getattr(environment, name) for name in names}
    if environment.is_embedded or (environment.data_dir / FILE).exists():
        kept = _kept(environment.data_dir) if not all(given.values()) else {}
        given = {name: value or kept.get(name, "") for name, value in given.items()}
    missing = [name.upper() for name in names[:3] if not given[name]]
    if missing:
        raise BadEnvironment(
            f"{', '.join(missing)}: not set. A server needs its own secrets; "
            "`giftwell doctor --new-secrets` prints a set."
        )
    return Secrets(**given)


def new() -> dict[str, str]:
    """A fresh set of secrets, by variable name in lower case."""
    return {
        "secret_key": secrets.token_urlsafe(48),
        "master_keys": f"k1:{secrets.token_hex(32)}",
        "lookup_key": secrets.token_hex(32),
        "sandbox_processor_secret": secrets.token_hex(32),
    }


def _kept(data_dir: Path) -> dict[str, str]:
    path = data_dir / FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(new()))
        try:
            os.link(fresh, path)  # the first process wins; a second one reads what the first wrote
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def keyring(held: Secrets, purpose: str) -> Keyring:
    """The encryption keys of one purpose, derived from each master key."""
    keys = {name: _derive(key, purpose) for name, key in _parse(held.master_keys)}
    return Keyring(keys=keys, primary=next(iter(keys)))


def lookup_key(held: Secrets, purpose: str) -> bytes:
    """The keyed-hash key of one purpose."""
    return _derive(_hex("LOOKUP_KEY", held.lookup_key), f"lookup:{purpose}")


def _parse(text: str) -> list[tuple[str, bytes]]:
    pairs = [part.partition(":") for part in text.split(",")]
    return [(name.strip(), _hex("MASTER_KEYS", key.strip())) for name, _, key in pairs]


def _hex(name: str, text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise BadEnvironment(f"{name}: must be hexadecimal") from None
    if len(key) < 32:
        raise BadEnvironment(f"{name}: a key needs at least 32 bytes (64 hexadecimal digits)")
    return key


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"giftwell:{purpose}".encode()).derive(key)
