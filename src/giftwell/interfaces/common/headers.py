"""The headers Django does not send by itself: what a page may ask of a device, who may use what we serve,
and where a browser reports a breach of the content policy.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# A shop's own till looks for codes with the camera; passkeys are made and asked for. Nothing else is used.
_ALLOWED_HERE = (
    "camera",
    "clipboard-write",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "web-share",
)
_NOWHERE = (
    "accelerometer", "autoplay", "browsing-topics", "display-capture", "encrypted-media", "geolocation",
    "gyroscope", "hid", "identity-credentials-get", "idle-detection", "local-fonts", "magnetometer",
    "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS_POLICY = ", ".join(
    [*(f"{one}=(self)" for one in _ALLOWED_HERE), *(f"{one}=()" for one in _NOWHERE)]
)
REPORTING_GROUP = "policy"
REPORTS_PATH = "/policy-reports/"


class HeadersMiddleware:
    """Adds them to every answer that has not its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and add."""
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        response.setdefault("Reporting-Endpoints", f'{REPORTING_GROUP}="{REPORTS_PATH}"')
        return response
