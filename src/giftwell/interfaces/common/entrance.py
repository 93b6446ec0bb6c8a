"""What is refused at the door of the API, before any verb is asked.

Who are you, what is this, too much of it.

Shared by REST and the point of sale, so it imports no web framework. The statuses are in `problems.py`.
"""

import re
import secrets
from itertools import count

from giftwell.kit.errors import Forbidden, Invalid, NotFound, Refused, Unavailable

_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{8,64}")
# A name and no secret: what is random tells processes apart, and a number the requests of one.
_PROCESS = secrets.token_hex(7)
_numbers = count(secrets.randbelow(2**32))


class Unauthenticated(Forbidden):
    """No key, or one that is unknown, revoked or expired: never told apart."""

    code = "unauthenticated"
    detail = "Send a valid API key: Authorization: Bearer gw_live_… or gw_test_…"


class MissingScope(Forbidden):
    """The key is good, but not for this."""

    code = "missing_scope"
    detail = "This API key does not have the scope that is needed here."


class MerchantSuspended(Forbidden):
    """The key's merchant may not do business at present."""

    code = "merchant_is_suspended"
    detail = "This merchant is suspended."


class NotFromHere(Forbidden):
    """It opens from some networks only, and this is none of them."""

    code = "not_from_here"
    detail = "This opens from certain networks only, and yours is none of them. Nothing was changed."


class NoSuchAddress(NotFound):
    """Nothing is served at this path."""

    code = "no_such_address"
    detail = "There is nothing at this address."


class MethodNotAllowed(Refused):
    """The address exists, but does not take this method."""

    code = "method_not_allowed"
    detail = "This address does not take that method."


class TooLarge(Invalid):
    """The body is larger than anything sound could be."""

    code = "too_large"
    detail = "The body is larger than 1 MB."


class UnsupportedMediaType(Invalid):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    detail = "Send JSON: Content-Type: application/json"


class TooManyRequests(Refused):
    """More is asked at once than can be answered soon."""

    code = "too_many_requests"
    detail = "Too much is asked at once. Try again after the time that Retry-After names."


class InProgress(Refused):
    """What it is about was held by another request for longer than a caller is let wait. Nothing was done."""

    code = "in_progress"
    detail = "Another request is using this at the moment, and nothing was done. Send the same request again."


class IdempotencyKeyMissing(Invalid):
    """A request that moves money came without the header that makes it safe to repeat."""

    code = "idempotency_key_missing"
    detail = "Send an Idempotency-Key header, so that this request can be repeated safely."


class IdempotencyKeyInvalid(Invalid):
    """The header is there, but not what it must be."""

    code = "invalid_idempotency_key"
    detail = "An Idempotency-Key has 1 to 255 visible ASCII characters."


class Broken(Unavailable):
    """Our own mistake. Says nothing of the inside."""

    code = "internal_error"
    detail = "Something broke on our side. Repeating the request with the same Idempotency-Key is safe."


def idempotency_key(given: str | None) -> str:
    """The key of a request that moves money; raises IdempotencyKeyMissing or IdempotencyKeyInvalid."""
    if given is None:
        raise IdempotencyKeyMissing
    if _VISIBLE.fullmatch(given) is None:
        raise IdempotencyKeyInvalid
    return given


def request_id(given: str | None) -> str:
    """The caller's own X-Request-Id where it is harmless, else a fresh one."""
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given
    return f"req_{_PROCESS}{next(_numbers):010x}"
