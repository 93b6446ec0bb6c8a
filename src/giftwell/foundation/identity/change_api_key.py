"""Give a key another name, other networks or another limit; its secret and scopes stay what they are."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.create_api_key import check_name, read_bounds
from giftwell.foundation.identity.events import ApiKeyChanged
from giftwell.foundation.identity.models import ApiKey
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound, Refused


class ApiKeyIsUnknown(NotFound):
    """The key is not one of this merchant."""

    code = "api_key_is_unknown"
    detail = "There is no such key."


class ApiKeyHasEnded(Refused):
    """A key that opens nothing any more is not changed: make a new one."""

    code = "api_key_has_ended"
    detail = "This key is revoked or expired. Make a new one instead."


def change_api_key(
    *,
    merchant: Merchant,
    key_id: UUID,
    name: str,
    networks: Iterable[str],
    requests_a_minute: int | None,
    actor: Actor,
    now: datetime,
) -> ApiKey:
    """Change it; it holds from the key's next request on.

    Raises `ApiKeyIsUnknown`, `ApiKeyHasEnded`, `ApiKeyIsInvalid`, `MerchantIsSuspended`.
    """
    check_name(name)
    after = {"name": name.strip(), **read_bounds(networks, requests_a_minute)}
    if not merchant.is_active:
        raise MerchantIsSuspended
    with scope.merchant(merchant.id), transaction():
        key = locked_key(merchant, key_id, now=now)
        changes = {
            field: [getattr(key, field), value]
            for field, value in after.items()
            if getattr(key, field) != value
        }
        if changes:
            for field, value in after.items():
                setattr(key, field, value)
            key.save(update_fields=list(after))
            event = ApiKeyChanged(merchant_id=merchant.id, subject=key.public_id)
            record(event, actor=actor, at=now, changes=changes)
    return key


def locked_key(merchant: Merchant, key_id: UUID, *, now: datetime) -> ApiKey:
    """The key, locked, if it still opens something. Raises `ApiKeyIsUnknown`, `ApiKeyHasEnded`."""
    own = ApiKey.objects.filter(merchant=merchant).select_for_update(of=("self",))
    key = own.filter(id=key_id).first()
    if key is None:
        raise ApiKeyIsUnknown
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise ApiKeyHasEnded
    return key
