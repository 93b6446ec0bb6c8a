"""Every page that says no, in the look, with the request id that names it: 400, 403, 404, 409, 422, 429, 500,
503.

`config/urls.py` names the handlers, `CSRF_FAILURE_VIEW` the last one. Machines that ask under /v1/ get the
same refusal as a problem document. The page for 500 needs no database and no session: either may be what
broke.
"""

import json

import structlog
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import get_nonce
from django.template.loader import render_to_string
from django.utils.csp import CONTEXT_KEY as CSP_CONTEXT_KEY
from django.utils.translation import gettext as _

from giftwell.interfaces.common.problems import headers_of, problem_body, status_of
from giftwell.kit.errors import DomainError


def request_id_of(request: HttpRequest) -> str:
    """The id under which this request is in the logs."""
    known = getattr(request, "request_id", "") or structlog.contextvars.get_contextvars().get(
        "request_id", ""
    )
    return str(known)


def error_page(request: HttpRequest, status: int, *, code: str, title: str, text: str) -> HttpResponse:
    """An error page, or for a machine under /v1/ the problem document."""
    if request.path.startswith("/v1/"):
        body = problem_body(status, code=code, detail=text, request_id=request_id_of(request))
        return HttpResponse(json.dumps(body), status=status, headers=headers_of(status))
    context = {"status": status, "title": title, "text": text, "request_id": request_id_of(request)}
    context[CSP_CONTEXT_KEY] = get_nonce(request)
    # No request in the context: a session or a message that cannot be read must not break the page that says
    # so.
    page = render_to_string("errors/page.html", context)
    response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-store"
    return response


def domain_error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for a refusal that the view did not turn into something better, such as a form's error."""
    status = status_of(error)
    return error_page(request, status, code=error.code, title=_title(status), text=error.detail)


def _title(status: int) -> str:
    titles = {
        402: _("There is not enough on the card"),
        403: _("This is not open to you"),
        404: _("There is nothing here"),
        409: _("That is not possible now"),
        422: _("That cannot be right"),
        503: _("Something we need does not answer"),
    }
    return titles.get(status, _("That did not work"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read."""
    text = _("What your browser sent could not be read. Nothing was changed. Go back and try again.")
    return error_page(request, 400, code="malformed", title=_("We could not read that"), text=text)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, and still not for you."""
    text = _("You are signed in, but this is not open to you. Nothing was changed.")
    return error_page(request, 403, code="forbidden", title=_title(403), text=text)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not yours; the two are never told apart."""
    text = _("The address may be mistyped, or what stood here is gone. Nothing was lost.")
    return error_page(request, 404, code="not_found", title=_title(404), text=text)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: the same thing too often in a short time."""
    text = _(
        "This was tried too often in a short time. Nothing was changed. Wait a few minutes and try again."
    )
    response = error_page(
        request, 429, code="too_many_requests", title=_("A little slower, please"), text=text
    )
    response["Retry-After"] = "300"
    return response


def server_error(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """500: a fault of ours."""
    text = _(
        "This is our fault, and it has been noted. What was saved before is safe; try again in a moment."
    )
    return error_page(request, 500, code="internal_error", title=_("Something broke on our side"), text=text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was not ours, or older than the session. The reason is for logs, not for strangers."""
    text = _(
        "This form was open for too long, or was sent from another site. Nothing was changed. Load it again."
    )
    return error_page(request, 403, code="csrf_failed", title=_("Please send that once more"), text=text)
