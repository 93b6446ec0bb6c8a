"""Whose request it is: the connection's address, or what the configured proxies say of it.

Runs first, so that everything after it (limits, allow-lists, logs of devices) sees one address in
`REMOTE_ADDR` and never reads a header that anybody may write.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from giftwell.kit.networks import client_address, is_within


class ClientAddress:
    """Puts the caller's address and scheme on the request, and takes the headers that claim them away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        peer = str(request.META.get("REMOTE_ADDR", ""))
        forwarded_for = str(request.META.pop("HTTP_X_FORWARDED_FOR", ""))
        scheme = str(request.META.pop("HTTP_X_FORWARDED_PROTO", ""))
        if is_within(peer, settings.TRUSTED_PROXIES):
            request.META["REMOTE_ADDR"] = client_address(peer, forwarded_for, settings.TRUSTED_PROXIES)
            if scheme == "https":
                request.META["wsgi.url_scheme"] = "https"
        return self.get_response(request)
