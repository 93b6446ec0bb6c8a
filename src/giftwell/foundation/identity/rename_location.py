"""Give a place another name. Redemptions made there are shown under the new one."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.add_location import LocationNameIsInvalid, LocationNameIsTaken
from giftwell.foundation.identity.events import LocationRenamed
from giftwell.foundation.identity.find_location import find_location
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def rename_location(
    *, merchant: Merchant, location_id: UUID, name: str, actor: Actor, now: datetime
) -> Location:
    """Rename a location.

    Raises `LocationIsUnknown`, `LocationNameIsInvalid`, `LocationNameIsTaken`.
    """
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise LocationNameIsInvalid(errors={"name": LocationNameIsInvalid.detail})
    with scope.merchant(merchant.id), transaction():
        location = find_location(merchant.id, location_id, lock=True)
        before, location.name = location.name, name
        try:
            # Inner, so that a name that is taken leaves the outer transaction usable.
            with transaction():
                location.save(update_fields=["name"])
        except IntegrityError as error:
            raise LocationNameIsTaken(errors={"name": LocationNameIsTaken.detail}) from error
        event = LocationRenamed(merchant_id=merchant.id, subject=location.public_id)
        record(event, actor=actor, at=now, changes={"name": [before, name]})
    return location
