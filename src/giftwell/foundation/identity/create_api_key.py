"""Make a credential for a machine of one merchant. The secret is given back once and never stored."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import ApiKeyCreated
from giftwell.foundation.identity.models import ApiKey
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.crypto import keyed_hash, new_token
from giftwell.kit.errors import Invalid

LIVE_PREFIX = "gw_live_"
TEST_PREFIX = "gw_test_"

_SCOPE = re.compile(r"[a-z][a-z-]*(?::[a-z]+)?")


class ApiKeyIsInvalid(Invalid):
    """Name, scopes or expiry of the key do not hold; `errors` names the fields."""

    code = "api_key_is_invalid"
    detail = "Some details of the key are not valid."


def create_api_key(
    *,
    merchant: Merchant,
    name: str,
    scopes: Iterable[str],
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Create a key and give it back with its secret, `gw_live_…`, or `gw_test_…` for a sandbox twin.

    Whoever calls has checked that the scopes exist: they are opaque names here.
    Raises `ApiKeyIsInvalid`, `MerchantIsSuspended`.
    """
    wanted = sorted(set(scopes))
    _check(name=name, scopes=wanted, expires_at=expires_at, now=now)
    if not merchant.is_active:
        raise MerchantIsSuspended
    secret = (TEST_PREFIX if merchant.is_sandbox else LIVE_PREFIX) + new_token()
    key = ApiKey(
        merchant=merchant,
        name=name.strip(),
        secret_hash=hash_of(secret),
        last4=secret[-4:],
        scopes=wanted,
        expires_at=expires_at,
        created_at=now,
        created_by=str(actor),
    )
    with scope.merchant(merchant.id), transaction():
        key.save(force_insert=True)
        event = ApiKeyCreated(merchant_id=merchant.id, subject=key.public_id, scopes=tuple(wanted))
        record(event, actor=actor, at=now)
    return key, secret


def hash_of(secret: str) -> bytes:
    """What is stored and looked up instead of a key's secret: 32 bytes under the look-up key `api_key`."""
    return keyed_hash(settings.LOOKUP_KEYS["api_key"], secret.encode())


def _check(*, name: str, scopes: list[str], expires_at: datetime | None, now: datetime) -> None:
    errors: dict[str, str] = {}
    if not name.strip() or len(name) > 80 or not name.isprintable():
        errors["name"] = "Give the key a name of at most 80 characters, such as the system that will use it."
    if not scopes or not all(_SCOPE.fullmatch(one) and len(one) <= 40 for one in scopes):
        errors["scopes"] = "Choose at least one scope, such as cards:read."
    if expires_at is not None and expires_at <= now:
        errors["expires_at"] = "The end must lie in the future."
    if errors:
        raise ApiKeyIsInvalid(errors=errors)
