"""Make a credential worthless, at once and for good."""

from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import ApiKeyRevoked
from giftwell.foundation.identity.models import ApiKey
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def revoke_api_key(*, key: ApiKey, actor: Actor, now: datetime) -> None:
    """Revoke `key`.

    Safe to repeat: a second call keeps the first moment. A suspended merchant may do this too.
    """
    with scope.merchant(key.merchant_id), transaction():
        changed = ApiKey.objects.filter(
            id=key.id, merchant_id=key.merchant_id, revoked_at__isnull=True
        ).update(revoked_at=now)
        if changed:
            key.revoked_at = now
            record(ApiKeyRevoked(merchant_id=key.merchant_id, subject=key.public_id), actor=actor, at=now)
