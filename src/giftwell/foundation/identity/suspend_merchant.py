"""Stop a merchant: it keeps its books and its data, and neither sells nor redeems."""

from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import MerchantSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def suspend_merchant(*, merchant: Merchant, reason: str, actor: Actor, now: datetime) -> None:
    """Suspend `merchant`, for `reason`, which its audit keeps.

    Safe to repeat: a second call changes nothing.
    """
    with scope.merchant(merchant.id), transaction():
        changed = Merchant.objects.filter(id=merchant.id, status=Merchant.Status.ACTIVE).update(
            status=Merchant.Status.SUSPENDED
        )
        if changed:
            event = MerchantSuspended(merchant_id=merchant.id, subject=merchant.public_id, reason=reason)
            record(event, actor=actor, at=now)
    merchant.status = Merchant.Status.SUSPENDED
