"""When a card's validity is over: at the end of a day where the merchant is. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def expires_at(activated_at: datetime, validity_days: int | None, time_zone: str) -> datetime | None:
    """The last instant of the day that is `validity_days` after the activation, in the merchant's zone.

    The day of activation is not counted, so a holder never gets less than was promised. None is for ever.
    """
    if validity_days is None:
        return None
    zone = ZoneInfo(time_zone)
    last_day = activated_at.astimezone(zone).date() + timedelta(days=validity_days)
    return datetime.combine(last_day, time.max, tzinfo=zone)
