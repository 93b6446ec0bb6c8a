"""Close a place and open it again: a closed one takes no redemption; its history stays where it was made."""

from datetime import datetime
from uuid import UUID

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import LocationClosed, LocationReopened
from giftwell.foundation.identity.find_location import find_location
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def close_location(*, merchant: Merchant, location_id: UUID, actor: Actor, now: datetime) -> Location:
    """Close a location; a closed one stays as it is. Raises `LocationIsUnknown`."""
    return _turn(merchant, location_id, is_active=False, actor=actor, now=now)


def reopen_location(*, merchant: Merchant, location_id: UUID, actor: Actor, now: datetime) -> Location:
    """Open a closed location again; an open one stays as it is. Raises `LocationIsUnknown`."""
    return _turn(merchant, location_id, is_active=True, actor=actor, now=now)


def _turn(merchant: Merchant, location_id: UUID, *, is_active: bool, actor: Actor, now: datetime) -> Location:
    with scope.merchant(merchant.id), transaction():
        location = find_location(merchant.id, location_id, lock=True)
        if location.is_active == is_active:
            return location
        location.is_active = is_active
        location.save(update_fields=["is_active"])
        kind = LocationReopened if is_active else LocationClosed
        record(kind(merchant_id=merchant.id, subject=location.public_id), actor=actor, at=now)
    return location
