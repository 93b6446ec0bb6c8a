"""The id that a request carries through logs, audit and answer, so that the three can be put together."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-Id"

_ACCEPTED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{7,63}")


def request_id_from(header: str) -> str:
    """Return the caller's id where it is a plain word of 8 to 64 characters, else a new one.

    Anything else could break a log line, or carry a secret into it.
    """
    return header if _ACCEPTED.fullmatch(header) else f"req-{uuid.uuid4().hex}"


class RequestIdMiddleware:
    """Gives each request its id, as `request.request_id`, and each answer the same in X-Request-Id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the request before anything is logged about it."""
        request_id = request_id_from(request.META.get("HTTP_X_REQUEST_ID", ""))
        # django-structlog reads the header: from here on it holds what we accepted.
        request.META["HTTP_X_REQUEST_ID"] = request_id
        request.request_id = request_id  # type: ignore[attr-defined]
        response = self.get_response(request)
        response[HEADER] = request_id
        return response
