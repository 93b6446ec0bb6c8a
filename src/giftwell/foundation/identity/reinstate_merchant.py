"""Let a suspended merchant work again."""

from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import MerchantReinstated
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def reinstate_merchant(*, merchant: Merchant, actor: Actor, now: datetime) -> None:
    """Undo a suspension. Safe to repeat: a second call changes nothing."""
    with scope.merchant(merchant.id), transaction():
        changed = Merchant.objects.filter(id=merchant.id, status=Merchant.Status.SUSPENDED).update(
            status=Merchant.Status.ACTIVE
        )
        if changed:
            record(
                MerchantReinstated(merchant_id=merchant.id, subject=merchant.public_id), actor=actor, at=now
            )
    merchant.status = Merchant.Status.ACTIVE
