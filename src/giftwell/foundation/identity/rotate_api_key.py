"""Give a key a successor: the same name, scopes and bounds, another secret, a while in which both work."""

from datetime import datetime, timedelta
from uuid import UUID

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.change_api_key import locked_key
from giftwell.foundation.identity.create_api_key import create_api_key
from giftwell.foundation.identity.events import ApiKeyRotated
from giftwell.foundation.identity.models import ApiKey
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid, Refused

LONGEST = timedelta(days=30)


class OverlapIsInvalid(Invalid):
    """Both keys work for a while, and not for ever."""

    code = "overlap_is_invalid"
    detail = "Let the old key work for at most 30 days more."


class ApiKeyIsRotated(Refused):
    """It has a successor already; two would leave nobody sure which one counts."""

    code = "api_key_is_rotated"
    detail = "This key has a successor already. Rotate that one."


def rotate_api_key(
    *,
    merchant: Merchant,
    key_id: UUID,
    overlap: timedelta,
    expires_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make the successor and give it back with its secret; the old key ends after `overlap`, or when it was
    to end anyway.

    The successor ends at `expires_at`, or never. Raises `ApiKeyIsUnknown`, `ApiKeyHasEnded`,
    `ApiKeyIsRotated`, `OverlapIsInvalid`, `ApiKeyIsInvalid`, `MerchantIsSuspended`.
    """
    if not timedelta() <= overlap <= LONGEST:
        raise OverlapIsInvalid(errors={"overlap": OverlapIsInvalid.detail})
    if not merchant.is_active:
        raise MerchantIsSuspended
    with scope.merchant(merchant.id), transaction():
        old = locked_key(merchant, key_id, now=now)
        if ApiKey.objects.filter(merchant=merchant, replaces=old).exists():
            raise ApiKeyIsRotated
        successor, secret = create_api_key(
            merchant=merchant,
            name=old.name,
            scopes=old.scopes,
            networks=old.networks,
            requests_a_minute=old.requests_a_minute,
            expires_at=expires_at,
            actor=actor,
            now=now,
        )
        successor.replaces = old
        successor.save(update_fields=["replaces"])
        before, end = old.expires_at, now + overlap
        old.expires_at = end if before is None else min(before, end)
        old.save(update_fields=["expires_at"])
        event = ApiKeyRotated(merchant_id=merchant.id, subject=old.public_id, successor=successor.public_id)
        record(event, actor=actor, at=now, changes={"expires_at": [before, old.expires_at]})
    return successor, secret
