"""Addresses and the networks they lie in: who is calling, and whether from where that is allowed."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from giftwell.kit.errors import Invalid

MOST = 50


class NetworkIsInvalid(Invalid):
    """A text names no network; `errors` may name the field."""

    code = "network_is_invalid"
    detail = "Name each network as an address or a range, such as 203.0.113.7 or 203.0.113.0/24."


def read_networks(texts: Iterable[str]) -> list[str]:
    """The networks these texts name, each once, written as ranges; an address alone is a range of one.

    Raises `NetworkIsInvalid` for what is none, and for more than `MOST`.
    """
    found: dict[str, None] = {}
    for text in texts:
        network = _network(text.strip())
        if network is None:
            raise NetworkIsInvalid
        found[str(network)] = None
    if len(found) > MOST:
        raise NetworkIsInvalid(f"Name at most {MOST} networks.")
    return list(found)


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether the address lies in one of the networks; what is no address lies in none."""
    known = _address(address)
    if known is None:
        return False
    return any(network is not None and known in network for network in map(_network, networks))


def client_address(peer: str, forwarded_for: str, trusted: Iterable[str]) -> str:
    """Who is calling: the connection's own address, or what trusted proxies say of it.

    `forwarded_for` is read from its end, which the nearest proxy wrote; the first address there that is no
    trusted proxy is the caller, and whatever stands before it is the caller's own invention.
    """
    proxies = tuple(trusted)
    caller = peer
    for hop in reversed(forwarded_for.split(",")):
        if not is_within(caller, proxies):
            return caller
        named = _address(hop.strip())
        if named is None:
            return caller
        caller = str(named)
    return caller


@lru_cache(maxsize=4096)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket that hears both kinds says ::ffff:203.0.113.7 of an IPv4 caller.
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
