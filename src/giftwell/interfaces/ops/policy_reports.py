"""What browsers report of pages that tried what the content policy forbids: a mistake of ours, or an attack.

A report is a stranger's word about a page: only the page's name, the directive and the origin that was
blocked are kept, each once a day, and never an address, which may hold a gift's secret.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from giftwell.foundation.audit.policy_reports import note_policy_report
from giftwell.interfaces.common.limiting import address_of, per_minute, within
from giftwell.interfaces.common.pages import public_page
from giftwell.kit.clock import now

MOST_BYTES = 16 * 1024
_A_BROWSER = per_minute(30)
_EVERYBODY = per_minute(300)
_LONGEST = 40
_TYPES = {"application/csp-report", "application/reports+json"}
_DIRECTIVE = re.compile(r"[a-z]+(-[a-z]+)*-(src|action|ancestors|uri)(-elem|-attr)?")


@dataclass(frozen=True, slots=True)
class _Told:
    page: str
    directive: str
    blocked: str


@csrf_exempt
@require_POST
@public_page
def policy_reports(request: HttpRequest) -> HttpResponse:
    """Take a browser's report; the answer is empty whatever it said."""
    if request.content_type not in _TYPES:
        return HttpResponse(status=415)
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    if not within(_A_BROWSER, "policy-report", address_of(request)) or not within(
        _EVERYBODY, "policy-report"
    ):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    for told in _told(request.body):
        note_policy_report(page=told.page, directive=told.directive, blocked=told.blocked, now=now())
    return HttpResponse(status=204)


def _told(body: bytes) -> Iterator[_Told]:
    """What of it we understand; both the old form (`report-uri`) and the new one (`report-to`)."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return
    for one in (said if isinstance(said, list) else [said])[:10]:
        inner = one.get("body", one.get("csp-report")) if isinstance(one, dict) else None
        if isinstance(inner, dict):
            directive = _text(inner, "effectiveDirective", "effective-directive", "violated-directive")
            if len(directive) <= _LONGEST and _DIRECTIVE.fullmatch(directive):
                yield _Told(
                    page=_name_of(_text(inner, "documentURL", "document-uri")),
                    directive=directive,
                    blocked=_origin_of(_text(inner, "blockedURL", "blocked-uri")),
                )


def _text(report: dict[str, Any], *names: str) -> str:
    return next((report[name] for name in names if isinstance(report.get(name), str)), "")


def _name_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path or "/").view_name[:100]
    except (Resolver404, ValueError):
        return "elsewhere"


def _origin_of(address: str) -> str:
    """`inline`, `eval`, a scheme, or an origin: never a path."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "unknown"
    told = f"{parts.scheme}://{host}" if host else (parts.scheme or parts.path)
    return told[:100] if told.isascii() and told.isprintable() else "unknown"
