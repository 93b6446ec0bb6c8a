"""The entrance for gateways' webhooks: raw bytes in, verified before anything is read out of them.

A gateway repeats what it is not thanked for, so the status is the message: 200 for what was heard (or heard
before), 400 for what will never be believed, 404 and 503 for what is worth telling again.
"""

import json

import structlog
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from giftwell.domain.payments.find_payment import find_payment
from giftwell.domain.payments.gateway import BadSignature, MalformedNotice
from giftwell.domain.payments.gateways import gateway
from giftwell.domain.payments.hear_payment import hear_payment
from giftwell.interfaces.common.access import AccessRule
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.common.pages import declares
from giftwell.interfaces.common.problems import headers_of, problem_body, problem_of, status_of
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError

MAX_BODY = 64 * 1024

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
@declares(AccessRule("signature"))
def hear(request: HttpRequest, gateway_name: str) -> HttpResponse:
    """Take in one notice of a gateway."""
    body = _body(request)
    if body is None:
        return _problem(request, 413, "too_large", "A notice is smaller than that.")
    try:
        outcome = _hear(gateway_name, body, request)
    except DomainError as error:
        # Which bytes were sent is nobody's business: neither body nor signature is ever logged.
        log.warning("payment_notice_refused", gateway=gateway_name[:40], code=error.code, size=len(body))
        status = 400 if isinstance(error, BadSignature | MalformedNotice) else status_of(error)
        document = problem_of(error, request_id=request_id_of(request))
        return HttpResponse(
            json.dumps({**document, "status": status}), status=status, headers=headers_of(status)
        )
    log.info("payment_notice_heard", gateway=gateway_name, outcome=outcome)
    return HttpResponse(
        json.dumps({"received": True}), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _hear(gateway_name: str, body: bytes, request: HttpRequest) -> str:
    at = now()
    notice = gateway(gateway_name).verify_event(body, request.headers, now=at)
    found = find_payment(gateway=notice.gateway, reference=notice.reference)
    return hear_payment(
        merchant_id=found.merchant_id,
        payment_id=found.payment_id,
        notice=notice,
        actor=Actor.system(f"gateway-{notice.gateway}"),
        now=at,
    )


def _body(request: HttpRequest) -> bytes | None:
    """The raw bytes, or None for too many of them: no more than the limit is ever read."""
    try:
        body = request.read(MAX_BODY + 1)
    except UnreadablePostError:
        return b""
    return body if len(body) <= MAX_BODY else None


def _problem(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    body = problem_body(status, code=code, detail=detail, request_id=request_id_of(request))
    return HttpResponse(json.dumps(body), status=status, headers=headers_of(status))
