"""The API itself: how bodies are read, how errors become problems, and which nouns there are."""

import json
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from psycopg.errors import LockNotAvailable

from giftwell.interfaces.api.answers import problem_response
from giftwell.interfaces.common.entrance import (
    Broken,
    InProgress,
    NoSuchAddress,
    TooLarge,
    UnsupportedMediaType,
)
from giftwell.interfaces.common.problems import Malformed
from giftwell.kit.errors import DomainError, Invalid, Unavailable

log = structlog.get_logger(__name__)

DESCRIPTION = """Sell, issue, redeem and account for gift cards.

Amounts are integers of the currency's minor unit. Times are RFC 3339 in UTC. Unknown fields and parameters
are refused. A request that moves money carries an `Idempotency-Key`; repeating it is always safe. Every error
is a problem document with a stable `code`."""


class NotValid(Invalid):
    """The body or the query does not have the documented shape."""

    code = "not_valid"
    detail = "Some of what was sent is not valid; see errors."


class DatabaseAway(Unavailable):
    """The database did not answer."""

    code = "temporarily_unavailable"
    detail = "This cannot be answered at the moment. Nothing is lost; try again shortly."


class StrictJson(Parser):
    """JSON and nothing else: said so by its media type, and without the numbers JSON does not have."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as data. Raises UnsupportedMediaType or Malformed."""
        if request.content_type != "application/json":
            raise UnsupportedMediaType
        try:
            return json.loads(request.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise Malformed("The body is not valid JSON.") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


api = NinjaAPI(
    title="Giftwell",
    version="1",
    description=DESCRIPTION,
    urls_namespace="v1",
    docs_url=None,
    openapi_url=None,
    parser=StrictJson(),
)


@api.exception_handler(DomainError)
def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    return problem_response(request, error)


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = {}
    for one in error.errors:
        path = ".".join(str(part) for part in one["loc"][1:] if part != "body") or "body"
        errors[_without_wrapper(path)] = str(one["msg"]).removeprefix("Value error, ")
    return problem_response(request, NotValid(errors=errors))


def _without_wrapper(path: str) -> str:
    # ninja names the whole body after the view's argument; the caller never saw that name.
    return path.removeprefix("body.") or "body"


@api.exception_handler(Http404)
def _no_such_address(request: HttpRequest, _: Exception) -> HttpResponse:
    return problem_response(request, NoSuchAddress())


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    # ninja wraps whatever the parser raised.
    cause = error.__cause__
    return problem_response(request, cause if isinstance(cause, DomainError) else Malformed())


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, _: Exception) -> HttpResponse:
    return problem_response(request, TooLarge())


@api.exception_handler(OperationalError)
def _database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error.__cause__, LockNotAvailable):
        # Somebody else held what this is about for as long as a caller is let wait. Nothing was done.
        return problem_response(request, InProgress())
    log.warning("database_away", error=type(error).__name__)
    return problem_response(request, DatabaseAway())


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("api_broken", path=request.path, exc_info=error)
    return problem_response(request, Broken())


def _add_routers() -> None:
    from giftwell.interfaces.api import (
        adjustments,
        api_keys,
        authorizations,
        batches,
        cards,
        expiries,
        idempotency,
        loads,
        orders,
        products,
        programs,
        redemptions,
        refunds,
        reversals,
        team,
        transfers,
        unlinked_refunds,
    )

    nouns = (
        cards,
        batches,
        expiries,
        loads,
        transfers,
        adjustments,
        programs,
        products,
        orders,
        redemptions,
        authorizations,
        refunds,
        unlinked_refunds,
        reversals,
        idempotency,
        team,
        api_keys,
    )
    for noun in nouns:
        api.add_router("", noun.router, tags=[noun.__name__.rpartition(".")[2]])


_add_routers()
