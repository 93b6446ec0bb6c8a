"""Make a credential for a machine of one merchant. The secret is given back once and never stored."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

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
from giftwell.kit.networks import NetworkIsInvalid, read_networks

LIVE_PREFIX = "gw_live_"
TEST_PREFIX = "gw_test_"

NAME_WANTED = "Give the key a name of at most 80 characters, such as the system that will use it."
MOST_A_MINUTE = 1_000_000
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
    networks: Iterable[str] = (),
    requests_a_minute: int | None = None,
) -> tuple[ApiKey, str]:
    """Create a key and give it back with its secret, `gw_live_…`, or `gw_test_…` for a sandbox twin.

    It works from `networks` only, where some are named, and `requests_a_minute` times, where that is given.
    Whoever calls has checked that the scopes exist: they are opaque names here.
    Raises `ApiKeyIsInvalid`, `MerchantIsSuspended`.
    """
    wanted = sorted(set(scopes))
    _check(name=name, scopes=wanted, expires_at=expires_at, now=now)
    bounds = read_bounds(networks, requests_a_minute)
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
        **bounds,
    )
    with scope.merchant(merchant.id), transaction():
        key.save(force_insert=True)
        event = ApiKeyCreated(merchant_id=merchant.id, subject=key.public_id, scopes=tuple(wanted))
        record(event, actor=actor, at=now, changes={name: [None, one] for name, one in bounds.items() if one})
    return key, secret


def read_bounds(networks: Iterable[str], requests_a_minute: int | None) -> dict[str, Any]:
    """From where and how often, as the row keeps it. Raises `ApiKeyIsInvalid` naming what does not hold."""
    errors: dict[str, str] = {}
    found: list[str] = []
    try:
        found = read_networks(networks)
    except NetworkIsInvalid as error:
        errors["networks"] = error.detail
    if requests_a_minute is not None and not 1 <= requests_a_minute <= MOST_A_MINUTE:
        errors["requests_a_minute"] = f"Name a number from 1 to {MOST_A_MINUTE}, or none for no limit."
    if errors:
        raise ApiKeyIsInvalid(errors=errors)
    return {"networks": found, "requests_a_minute": requests_a_minute}


def hash_of(secret: str) -> bytes:
    """What is stored and looked up instead of a key's secret: 32 bytes under the look-up key `api_key`."""
    return keyed_hash(settings.LOOKUP_KEYS["api_key"], secret.encode())


def check_name(name: str) -> None:
    """Raise `ApiKeyIsInvalid` for what is no name."""
    if not name.strip() or len(name) > 80 or not name.isprintable():
        raise ApiKeyIsInvalid(errors={"name": NAME_WANTED})


def _check(*, name: str, scopes: list[str], expires_at: datetime | None, now: datetime) -> None:
    errors: dict[str, str] = {}
    if not name.strip() or len(name) > 80 or not name.isprintable():
        errors["name"] = NAME_WANTED
    if not scopes or not all(_SCOPE.fullmatch(one) and len(one) <= 40 for one in scopes):
        errors["scopes"] = "Choose at least one scope, such as cards:read."
    if expires_at is not None and expires_at <= now:
        errors["expires_at"] = "The end must lie in the future."
    if errors:
        raise ApiKeyIsInvalid(errors=errors)
