"""The clock: aware, in UTC."""

from datetime import UTC, datetime

from giftwell.kit.clock import now


def test_now_is_aware_and_in_utc():
    assert now().tzinfo is UTC
    assert abs((datetime.now(UTC) - now()).total_seconds()) < 5
