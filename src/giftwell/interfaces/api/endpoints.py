"""What stands before every endpoint: its key and scope, its query, its media type, its idempotency key.

An endpoint is registered by `endpoint(router, "POST", "/orders", …)`, which also writes into the OpenAPI
document every answer it can give.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.operation import Operation
from ninja.utils import contribute_operation_callback

from giftwell.foundation.tenancy import scope as tenancy_scope
from giftwell.interfaces.api.keys import ApiKey
from giftwell.interfaces.api.shapes import Problem
from giftwell.interfaces.common.access import AccessRule, ApiScope
from giftwell.interfaces.common.entrance import idempotency_key
from giftwell.interfaces.common.problems import TITLES
from giftwell.kit.errors import Invalid

type View = Callable[..., Any]

ALWAYS = (401, 403, 405, 429, 500, 503)
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "1 to 255 visible characters. The same key and body give the same answer for ever.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "order-4711-card-1",
}
_REPLAYED = {
    "Idempotent-Replayed": {
        "description": "`true` when this answers an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


class UnknownParameter(Invalid):
    """The query names something this address does not take."""

    code = "unknown_parameter"
    detail = "The query has a parameter that this address does not take."


def endpoint(
    router: Router,
    method: str,
    path: str,
    *,
    needs: ApiScope | None,
    answers: Any,
    status: int = 200,
    problems: Iterable[int] = (),
    keyed: bool = False,
    files: Iterable[str] = (),
) -> Callable[[View], View]:
    """Register a view: `answers` is the shape of success, `problems` the statuses it may refuse with besides
    the usual.

    `needs` is the scope of the key; null where it depends on the body, and the view demands it by `require`.
    With `keyed` the request must carry an Idempotency-Key, which the view finds as `request.idempotency_key`.
    `files` are the media types of a body that is a file, which the view reads itself.
    """
    statuses = {*problems, *ALWAYS}
    if method in {"POST", "PUT", "PATCH"}:
        statuses |= {400, 413, 415, 422}
    if method == "GET":
        statuses |= {422}
    extra: dict[str, Any] = {"responses": {code: _problem_content(code) for code in sorted(statuses)}}
    if files:
        content = {one: {"schema": {"type": "string", "format": "binary"}} for one in files}
        extra["requestBody"] = {"required": True, "content": content}
    if keyed:
        extra["parameters"] = [{**_IDEMPOTENCY_KEY, "required": True}]
        extra["responses"][status] = {"headers": _REPLAYED}

    def decorate(view: View) -> View:
        known: set[str] = set()

        @wraps(view)
        def scoped(request: Any, **kwargs: Any) -> Any:
            if keyed:
                request.idempotency_key = idempotency_key(request.headers.get("Idempotency-Key"))
            with tenancy_scope.merchant(request.merchant_id):
                return view(request, **kwargs)

        contribute_operation_callback(scoped, lambda operation: known.update(_query_names(operation)))
        scoped.access_rule = AccessRule("api", needs or "by body")  # type: ignore[attr-defined]
        return router.api_operation(
            [method],
            path,
            auth=ApiKey(needs, then=lambda request: _refuse_unknown(request, known)),
            response={status: answers, **dict.fromkeys(sorted(statuses - {status}), Problem)},
            openapi_extra=extra,
        )(scoped)

    return decorate


def _problem_content(status: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told: dict[str, Any] = {"description": TITLES.get(status, "Problem"), "content": content}
    if status in {429, 503}:
        told["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return told


def _query_names(operation: Operation) -> set[str]:
    return {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in getattr(model, "__ninja_flatten_map__", None) or model.model_fields
    }


def _refuse_unknown(request: HttpRequest, known: set[str]) -> None:
    """Raise UnknownParameter; asked first, so that it is named where something is missing too."""
    unknown = {name: "is not known here" for name in request.GET if name not in known}
    if unknown:
        raise UnknownParameter(errors=unknown)
