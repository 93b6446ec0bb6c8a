"""How a refusal looks outside: one table from kinds of error to statuses, and the body of RFC 9457.

Shared by REST, the point of sale and the pages, so it imports no web framework. A verb never knows these
figures.
"""

from typing import Any

from giftwell.kit.errors import DomainError, Forbidden, Invalid, NotFound, Refused, Unavailable

CONTENT_TYPE = "application/problem+json"

_BY_KIND: tuple[tuple[type[DomainError], int], ...] = (
    (Invalid, 422),
    (Forbidden, 403),
    (NotFound, 404),
    (Refused, 409),
    (Unavailable, 503),
)

# Kinds say nearly everything; these codes have a status of their own in the contract of the API.
_BY_CODE: dict[str, int] = {
    "malformed": 400,
    "idempotency_key_missing": 400,
    "unauthenticated": 401,
    "insufficient_funds": 402,
    "method_not_allowed": 405,
    "too_large": 413,
    "unsupported_media_type": 415,
    "too_many_requests": 429,
    "internal_error": 500,
}

TITLES: dict[int, str] = {
    400: "Malformed request",
    401: "Who are you?",
    402: "Not enough on the card",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Not possible now",
    411: "Length required",
    413: "Too large",
    415: "Unsupported media type",
    422: "Not valid",
    429: "Too many requests",
    500: "Something broke on our side",
    503: "Not available at the moment",
}

RETRY_AFTER_SECONDS = 5


class Malformed(Invalid):
    """What was sent cannot be read at all: no JSON, a wrong encoding, a header that makes no sense."""

    code = "malformed"
    detail = "The request could not be read."


def status_of(error: DomainError) -> int:
    """The HTTP status of this error."""
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    return next((status for kind, status in _BY_KIND if isinstance(error, kind)), 500)


def problem_of(error: DomainError, *, request_id: str) -> dict[str, Any]:
    """The problem document of this error."""
    return problem_body(
        status_of(error), code=error.code, detail=error.detail, errors=error.errors, request_id=request_id
    )


def problem(error: DomainError, request: object) -> dict[str, Any]:
    """The problem document of this error, for a request that carries its id as `request_id`."""
    return problem_of(error, request_id=str(getattr(request, "request_id", "") or ""))


def problem_body(
    status: int, *, code: str, detail: str, request_id: str, errors: dict[str, str] | None = None
) -> dict[str, Any]:
    """A problem document that comes from no verb: who are you, no such address, too many requests.

    The type is a name and not an address: there is one per code, and `/docs/api` lists them.
    """
    return {
        "type": f"urn:giftwell:problem:{code}",
        "title": TITLES.get(status, "Problem"),
        "status": status,
        "code": code,
        "detail": detail,
        "errors": dict(errors or {}),
        "request_id": request_id,
    }


def headers_of(status: int) -> dict[str, str]:
    """The headers such an answer carries besides its body."""
    headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    if status in (429, 503):
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="giftwell"'
    return headers
