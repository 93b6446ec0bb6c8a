"""How an answer leaves: problems with their media type and headers, replays with their mark."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Status

from giftwell.interfaces.common.problems import headers_of, problem_body, status_of
from giftwell.kit.errors import DomainError


def request_id_of(request: HttpRequest) -> str:
    """The id that this request is told by in the logs."""
    return str(getattr(request, "request_id", "") or "")


def problem_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The problem document of an error."""
    status = status_of(error)
    body = problem_body(
        status, code=error.code, detail=error.detail, errors=error.errors, request_id=request_id_of(request)
    )
    response = JsonResponse(body, status=status)
    for name, value in headers_of(status).items():
        response[name] = value
    return response


def effect(response: HttpResponse, body: Any, *, replayed: bool, status: int = 201) -> Status:
    """The answer to a request that took effect, now or earlier with the same key."""
    response["Cache-Control"] = "no-store"
    if replayed:
        response["Idempotent-Replayed"] = "true"
    return Status(status, body)
