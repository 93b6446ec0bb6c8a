"""The sandbox processor's hosted page: where a buyer pays, declines, or tries what goes wrong elsewhere.

It is another company's page: it knows a reference and nothing of ours, renders without the request (so
without session, user and messages), and tells us what happened by signed webhooks over real HTTP. What is not
taken now waits in its outbox for the job that tries again.
"""

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csp import get_nonce
from django.template.loader import render_to_string
from django.utils.csp import CONTEXT_KEY as CSP_CONTEXT_KEY
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from giftwell.domain.payments.deliver_notices import deliver_notices
from giftwell.domain.payments.models import SandboxCheckout
from giftwell.domain.payments.processor import Button, look_at, press
from giftwell.interfaces.common.access import AccessRule
from giftwell.interfaces.common.error_pages import domain_error_page
from giftwell.interfaces.common.pages import declares
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError, Unavailable

log = structlog.get_logger(__name__)


# Without a cookie there is nothing that a forged form could borrow: the reference in the address is the key.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@declares(AccessRule("bearer"))
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the payment page; by POST, do what was pressed, tell the seller, and send the buyer back."""
    try:
        checkout = look_at(reference)
        response = _pressed(request, checkout) if request.method == "POST" else _page(request, checkout)
    except DomainError as error:
        response = domain_error_page(request, error)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


def _pressed(request: HttpRequest, checkout: SandboxCheckout) -> HttpResponse:
    try:
        button = Button(request.POST.get("button", ""))
    except ValueError:
        return _page(request, checkout, trouble=_("Press one of the buttons."), status=422)
    try:
        checkout = press(reference=checkout.reference, button=button, now=now())
    except DomainError as error:
        return _page(request, look_at(checkout.reference), trouble=error.detail, status=409)
    _tell(checkout.reference)
    return HttpResponseRedirect(checkout.return_url)


def _tell(reference: str) -> None:
    try:
        deliver_notices(now=now(), reference=reference)
    except Unavailable as error:
        # The buyer is not held up by it: the notice waits in the outbox.
        log.warning("sandbox_notice_waits", code=error.code)


def _page(
    request: HttpRequest, checkout: SandboxCheckout, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    is_over = checkout.state == SandboxCheckout.State.EXPIRED or (
        checkout.state != SandboxCheckout.State.PAID and now() >= checkout.expires_at
    )
    context: dict[str, Any] = {
        "checkout": checkout,
        "amount": checkout.amount,
        "is_paid": checkout.state == SandboxCheckout.State.PAID,
        "is_declined": checkout.state == SandboxCheckout.State.DECLINED,
        "is_over": is_over,
        "trouble": trouble,
        CSP_CONTEXT_KEY: get_nonce(request),
    }
    return HttpResponse(render_to_string("inbound/sandbox_pay.html", context), status=status)
