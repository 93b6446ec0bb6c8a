"""Days as the merchant has them: where one begins and ends in absolute time. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def last_days(now: datetime, count: int, time_zone: str) -> list[date]:
    """The last `count` days up to and with today at the merchant's, oldest first."""
    today = now.astimezone(ZoneInfo(time_zone)).date()
    return [today - timedelta(days=back) for back in range(count - 1, -1, -1)]


def beginning(day: date, time_zone: str) -> datetime:
    """The first instant of a day in this zone; days may be 23 or 25 hours long."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(time_zone))
