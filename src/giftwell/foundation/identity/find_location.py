"""One place of a merchant by its id, or the error that it is not there."""

from uuid import UUID

from giftwell.foundation.identity.team_rules import LocationIsUnknown
from giftwell.foundation.tenancy.models import Location


def find_location(merchant_id: UUID, location_id: UUID, *, lock: bool = False) -> Location:
    """The location, locked till the transaction ends where asked for. Raises `LocationIsUnknown`."""
    places = Location.objects.filter(merchant_id=merchant_id, id=location_id)
    found = (places.select_for_update(of=("self",), no_key=True) if lock else places).first()
    if found is None:
        raise LocationIsUnknown
    return found
