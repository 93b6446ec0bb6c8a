"""The sandbox processor telling us: notices go out over HTTP, signed at the moment they leave, until they are
taken.

Stepped, like everything that speaks to a network: *claim* pushes the next try into the future, so that two
deliverers seldom send the same notice; *call* has no transaction open; *settle* notes the answer. A crash in
between only means that a notice is told again, which our entrance must bear anyway.
"""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from giftwell.domain.payments import signature
from giftwell.domain.payments.gateway import GatewaySecretMissing
from giftwell.domain.payments.models import SandboxNotice
from giftwell.foundation.tenancy.transactions import transaction

# The address we gave the processor when we signed up with it.
REGISTERED_PATH = "/inbound/payments/sandbox/"
TIMEOUT_SECONDS = 5
MAX_ATTEMPTS = 30
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)

type Send = Callable[[str, bytes, Mapping[str, str]], str]


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A signed notice goes where it was addressed, or nowhere: a redirect is an answer like any other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow nothing."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> str:
    """POST and return the answer's status, or why there was none. Never raises for what a network does."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("a notice is sent over http")
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310 - checked above
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere())
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return str(error.code)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__


def deliver_notices(*, now: datetime, reference: str = "", limit: int = 20, send: Send | None = None) -> int:
    """Send what is due, in the order it was written, and return how many notices were taken.

    `reference` narrows it to one payment page. All are signed as of `now`, so few are sent at a time: a slow
    entrance must not make the last ones stale. Raises GatewaySecretMissing where there is nothing to sign
    with.
    """
    url, secret = settings.BASE_URL + REGISTERED_PATH, settings.SANDBOX_PROCESSOR_SECRET
    due = _due(reference, limit, now)
    if due and not secret:
        raise GatewaySecretMissing
    send = send or post
    taken = 0
    for notice_id in due:
        notice = _claim(notice_id, now=now)
        if notice is None:
            continue
        body = bytes(notice.body)
        headers = {"Content-Type": "application/json", signature.HEADER: signature.sign(secret, body, at=now)}
        taken += _settle(notice.id, answer=send(url, body, headers), now=now)
    return taken


def _due(reference: str, limit: int, now: datetime) -> list[UUID]:
    with transaction(durable=True):
        waiting = SandboxNotice.objects.filter(delivered_at=None, due_at__lte=now, attempts__lt=MAX_ATTEMPTS)
        if reference:
            waiting = waiting.filter(checkout__reference=reference)
        return list(waiting.values_list("pk", flat=True)[:limit])


def _claim(notice_id: UUID, *, now: datetime) -> SandboxNotice | None:
    """Take the notice for this try, unless another deliverer has it or had it."""
    with transaction(durable=True):
        notice = (
            SandboxNotice.objects.select_for_update(skip_locked=True)
            .filter(pk=notice_id, delivered_at=None, due_at__lte=now)
            .first()
        )
        if notice is None:
            return None
        notice.due_at = now + min(_FIRST_WAIT * 2 ** min(notice.attempts, 10), _LONGEST_WAIT)
        notice.attempts += 1
        notice.save(update_fields=["due_at", "attempts"])
    return notice


def _settle(notice_id: UUID, *, answer: str, now: datetime) -> bool:
    was_taken = answer.isdigit() and 200 <= int(answer) < 300
    with transaction(durable=True):
        SandboxNotice.objects.filter(pk=notice_id).update(
            last_answer=answer[:40], delivered_at=now if was_taken else None
        )
    return was_taken
