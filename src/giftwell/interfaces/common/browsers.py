"""What a caller says of the program it is, and the neighbourhood it calls from: words for people."""

from ipaddress import ip_address, ip_network

from django.http import HttpRequest
from django.utils.translation import gettext as _

# What a browser calls itself, the telling part first: most claim to be several others as well.
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome",
             "Chrome": "Chrome", "Safari": "Safari"}  # fmt: skip
_SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows",
            "Mac OS X": "Mac", "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip


def browser_of(request: HttpRequest) -> str:
    """Browser and system in words, as far as the browser says."""
    agent = str(request.META.get("HTTP_USER_AGENT", ""))
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown browser")


def network_of(request: HttpRequest) -> str:
    """The neighbourhood of the address: a /24, or a /48 of IPv6."""
    try:
        address = ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return _("an unknown network")
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
