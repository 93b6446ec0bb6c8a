"""Open a further place where a merchant redeems cards."""

from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import LocationAdded
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid, Refused


class LocationNameIsInvalid(Invalid):
    """A location needs a name people can say."""

    code = "location_name_is_invalid"
    detail = "Give the location a name of at most 80 characters."


class LocationNameIsTaken(Refused):
    """Two places of one name could not be told apart on a receipt."""

    code = "location_name_is_taken"
    detail = "There is a location of this name already."


def add_location(*, merchant: Merchant, name: str, actor: Actor, now: datetime) -> Location:
    """Open a location. Raises `LocationNameIsInvalid`, `LocationNameIsTaken`, `MerchantIsSuspended`."""
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise LocationNameIsInvalid
    if not merchant.is_active:
        raise MerchantIsSuspended
    with scope.merchant(merchant.id), transaction():
        location, is_new = Location.objects.get_or_create(
            merchant=merchant, name=name, defaults={"created_at": now}
        )
        if not is_new:
            raise LocationNameIsTaken
        record(LocationAdded(merchant_id=merchant.id, subject=location.public_id), actor=actor, at=now)
    return location
