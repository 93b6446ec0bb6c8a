"""The outbox: mail that the sandbox mailer kept, shown as its reader would see it.

Open to everybody where the whole platform runs on this machine for this machine only; elsewhere the
platform's staff alone may look, since what is in the mails opens cards. A mail's HTML comes as a page of
its own, in a sandbox: no script, no form, no origin; its links leave the frame.
"""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from giftwell.foundation.messaging.models import OutboxMail
from giftwell.foundation.messaging.outbox import KeptMail, newest_mails, opened
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import AccessRule, Permission
from giftwell.interfaces.common.pages import declares, platform_page
from giftwell.kit.errors import NotFound
from giftwell.kit.ids import parse_id

PAGE = 50
_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; "
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


def outbox_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A page of the outbox: for everybody on an embedded platform, else for the platform's staff."""
    for_staff = platform_page(Permission.PLATFORM_MESSAGES)(view)

    @declares(AccessRule("platform", Permission.PLATFORM_MESSAGES))
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.OUTBOX_OPEN:
            return for_staff(request, *args, **kwargs)
        with scope.platform():
            response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return guarded


@outbox_page
def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails, fifty a page."""
    before = request.GET.get("before", "")
    with reading():
        shown = newest_mails(limit=PAGE + 1, before=_mail_id(before) if before else None)
    older = f"?before={shown[PAGE - 1].public_id}" if len(shown) > PAGE else ""
    newer = "." if before else ""
    return render(request, "ops/outbox/list.html", {"mails": shown[:PAGE], "older": older, "newer": newer})


@outbox_page
def mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """One mail: its HTML in a frame, and its plain text."""
    return render(request, "ops/outbox/mail.html", {"mail": _find(mail_id)})


@xframe_options_sameorigin
@outbox_page
def mail_html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """The HTML of one mail, for the frame."""
    response = HttpResponse(_framed(_find(mail_id)))
    response["Content-Security-Policy"] = _POLICY
    return response


def _framed(kept: KeptMail) -> str:
    """The HTML with its pictures inside and its links leaving the frame."""
    html = kept.html.replace(' target="_blank"', ' target="_top"')
    for image in kept.images:
        html = html.replace(
            f"cid:{image.name}", f"data:image/png;base64,{base64.b64encode(image.png).decode()}"
        )
    return html


def _find(mail_id: str) -> KeptMail:
    with reading():
        row = OutboxMail.objects.filter(pk=_mail_id(mail_id)).first()
    if row is None:
        raise Http404
    return opened(row)


def _mail_id(text: str) -> Any:
    try:
        return parse_id(OutboxMail.PREFIX, text)
    except NotFound as error:
        raise Http404 from error
