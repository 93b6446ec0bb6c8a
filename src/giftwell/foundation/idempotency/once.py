"""Let a request take effect once, however often it is sent."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from giftwell.foundation.idempotency.models import IdempotencyKey
from giftwell.foundation.idempotency.refusals import KeyReversed
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.crypto import keyed_hash
from giftwell.kit.errors import Invalid, Refused

WAIT_SECONDS = 5
# The row of a key reversed before it did anything; its writer locks the key as `_wait_for_turn` does.
REVERSAL = "reversal"


class InvalidKey(Invalid):
    """The key is empty, too long, or has characters that cannot be seen."""

    code = "invalid_idempotency_key"
    detail = "An Idempotency-Key has 1 to 255 visible ASCII characters."


class KeyConflict(Invalid):
    """The key belongs to an earlier request that was not the same; `errors` names the fields that differ."""

    code = "idempotency_conflict"
    detail = "This Idempotency-Key was used for another request."


class KeyInUse(Refused):
    """The first request with this key is still running."""

    code = "idempotency_key_in_use"
    detail = "A request with this Idempotency-Key is still being carried out. Send it again shortly."


@dataclass(slots=True)
class Effect:
    """What a key stands for.

    `resource` is the public id that the first request made, empty while there is none.
    """

    resource: str = ""
    is_replay: bool = False


@contextmanager
def once(
    *, merchant_id: UUID, operation: str, key: str, fields: Mapping[str, object], now: datetime
) -> Iterator[Effect]:
    """Open the transaction in which the request takes effect, alone among those with its key.

    Where `is_replay` is true it took effect before: answer with `resource` and change nothing. Else do
    the work inside and set `resource` to the public id that came of it; an error inside undoes both, and
    the key is free again. Waits up to 5 seconds for a first request that is still running. Raises
    InvalidKey, KeyConflict, KeyInUse, and KeyReversed where the key was reversed before it did anything.
    """
    check_key(key)
    key_hash = hash_of(merchant_id, key)
    fingerprint = {name: _print_of(name, value) for name, value in sorted(fields.items())}
    try:
        with transaction():
            _wait_for_turn(key_hash, keyed_hash(key_hash, operation.encode()))
            effect = _earlier(merchant_id, operation, key_hash, fingerprint)
            yield effect
            if not effect.is_replay:
                IdempotencyKey.objects.create(
                    merchant_id=merchant_id,
                    operation=operation,
                    key_hash=key_hash,
                    fingerprint=fingerprint,
                    resource=effect.resource,
                    created_at=now,
                )
    except _StillRunning:
        raise KeyInUse from None


def check_key(key: str) -> None:
    """Raise InvalidKey for what cannot be an Idempotency-Key."""
    if not 1 <= len(key) <= 255 or not all("!" <= character <= "~" for character in key):
        raise InvalidKey


def hash_of(merchant_id: UUID, key: str) -> bytes:
    """Return what a merchant's key is looked up by."""
    return keyed_hash(settings.LOOKUP_KEYS["fingerprint"], b"idempotency", merchant_id.bytes, key.encode())


class _StillRunning(Exception):
    """The lock was not free in time; carries the fact out of the broken transaction."""


def _wait_for_turn(key_hash: bytes, turn: bytes) -> None:
    # Two requests with one key at once: the second waits here until the first has committed, and then
    # finds its row. A reversal of the key waits for all of them, and they for it.
    with connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, true)", [f"{WAIT_SECONDS}s"])
        try:
            cursor.execute(
                "select pg_advisory_xact_lock_shared(%s), pg_advisory_xact_lock(%s)",
                [_number_of(key_hash), _number_of(turn)],
            )
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise _StillRunning from error
            raise
        cursor.execute("set local lock_timeout to default")


def _number_of(hashed: bytes) -> int:
    return int.from_bytes(hashed[:8], signed=True)


def _earlier(merchant_id: UUID, operation: str, key_hash: bytes, fingerprint: dict[str, str]) -> Effect:
    rows = IdempotencyKey.objects.filter(
        merchant_id=merchant_id, operation__in=[operation, REVERSAL], key_hash=key_hash
    )
    row = rows.first()
    if row is None:
        return Effect()
    if row.operation == REVERSAL:
        raise KeyReversed
    before: dict[str, str] = row.fingerprint
    differing = [
        name for name in sorted({*before, *fingerprint}) if before.get(name) != fingerprint.get(name)
    ]
    if differing:
        raise KeyConflict(errors=dict.fromkeys(differing, "Differs from the first request."))
    return Effect(resource=row.resource, is_replay=True)


def _print_of(name: str, value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return keyed_hash(settings.LOOKUP_KEYS["fingerprint"], name.encode(), text.encode()).hex()[:16]
