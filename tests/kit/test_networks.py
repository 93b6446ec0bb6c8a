"""Networks are named plainly, and a caller is believed only as far as trusted proxies vouch for them."""

import pytest

from giftwell.kit.networks import NetworkIsInvalid, client_address, is_within, read_networks

PROXIES = ("10.0.0.0/8", "2001:db8::/32")


def test_networks_are_written_as_ranges_and_once():
    assert read_networks([" 203.0.113.7 ", "203.0.113.9/24", "203.0.113.0/24", "2001:db8::1"]) == [
        "203.0.113.7/32", "203.0.113.0/24", "2001:db8::1/128",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "here", "203.0.113", "203.0.113.0/33", "203.0.113.7\x00", "*"])
def test_what_is_no_network_is_refused(text):
    with pytest.raises(NetworkIsInvalid):
        read_networks([text])


def test_a_list_has_an_end():
    with pytest.raises(NetworkIsInvalid):
        read_networks(f"10.0.{n}.1" for n in range(51))


@pytest.mark.parametrize(
    ("address", "expected"),
    [("203.0.113.7", True), ("::ffff:203.0.113.7", True), ("203.0.114.7", False), ("2001:db8::9", True),
     ("", False), ("unknown", False)],
)  # fmt: skip
def test_an_address_lies_in_a_network_or_not(address, expected):
    assert is_within(address, ["203.0.113.0/24", "2001:db8::/32"]) is expected


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("198.51.100.1", "203.0.113.7", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "192.0.2.66, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "192.0.2.66, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.66, nonsense", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("2001:db8::1", "2001:db9::7", "2001:db9::7"),
        ("", "203.0.113.7", ""),
    ],
)
def test_only_what_a_trusted_proxy_wrote_is_believed(peer, forwarded, expected):
    assert client_address(peer, forwarded, PROXIES) == expected


def test_without_trusted_proxies_nobody_is_believed():
    assert client_address("127.0.0.1", "203.0.113.7", ()) == "127.0.0.1"
