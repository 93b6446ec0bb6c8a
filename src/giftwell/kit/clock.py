"""The one place that reads the wall clock. Only interfaces and commands call it; verbs are given `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware and in UTC."""
    return datetime.now(UTC)
