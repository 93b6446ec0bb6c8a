"""How often one stranger may ask: counters in the shared cache, the same for every process.

A cache that does not answer refuses (503) instead of letting everyone through: what is counted here protects
codes.
"""

from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from giftwell.kit.errors import Unavailable


class CounterUnavailable(Unavailable):
    """The shared cache that counts does not answer."""

    code = "counter_unavailable"
    detail = "We cannot answer this at the moment. Nothing was changed; try again shortly."


@cache
def _limiter() -> FixedWindowRateLimiter:
    address = str(settings.CACHES["default"].get("LOCATION", ""))
    if not address:
        return FixedWindowRateLimiter(MemoryStorage())
    uri = f"redis+{address}" if address.startswith("unix://") else address
    return FixedWindowRateLimiter(cast("Storage", storage_from_string(uri, wrap_exceptions=True)))


def per_minute(times: int) -> RateLimitItem:
    """So many times in a minute."""
    return RateLimitItemPerMinute(times)


def within(limit: RateLimitItem, *names: str) -> bool:
    """Count one more for these names and say whether the limit still holds. Raises `CounterUnavailable`."""
    try:
        return _limiter().hit(limit, *names)
    except Exception as error:  # each storage has errors of its own
        raise CounterUnavailable from error


def address_of(request: HttpRequest) -> str:
    """Who asks, as far as the network says: an IPv4 address, or the /64 that one IPv6 subscriber owns.

    Only the connection's own address is believed, never a header that anyone may write.
    """
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(address.exploded)[:19]
    return str(address)
