"""Whatever goes wrong under `/v1/` before an endpoint is reached is a problem document too."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from giftwell.interfaces.api.answers import problem_response
from giftwell.interfaces.common.entrance import Broken, MethodNotAllowed, NoSuchAddress
from giftwell.interfaces.common.problems import CONTENT_TYPE, Malformed
from giftwell.kit.errors import DomainError

_PREFIX = "/v1/"
_ERRORS: dict[int, type[DomainError]] = {
    400: Malformed,
    404: NoSuchAddress,
    405: MethodNotAllowed,
    500: Broken,
}


class ApiProblems:
    """Turns Django's own error pages under `/v1/` into problems."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        _tell_limit(request, response)
        if not request.path.startswith(_PREFIX) or response.status_code not in _ERRORS:
            return response
        if response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
            return response
        problem = problem_response(request, _ERRORS[response.status_code]())
        if "Allow" in response.headers:
            problem["Allow"] = response.headers["Allow"]
        return problem


def _tell_limit(request: HttpRequest, response: HttpResponseBase) -> None:
    """How much the caller's key has left of its own limit, where it has one."""
    told = getattr(request, "key_limit", None)
    if told is not None:
        for name, value in zip(("Limit", "Remaining", "Reset"), told, strict=True):
            response[f"RateLimit-{name}"] = str(value)
