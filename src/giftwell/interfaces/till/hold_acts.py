"""What is done with an amount that is set aside: captured with a tip, changed, or let go."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giftwell.domain.redemption.capture import capture
from giftwell.domain.redemption.models import Authorization, Redemption
from giftwell.domain.redemption.reauthorize import reauthorize
from giftwell.domain.redemption.refusals import KeyConflict
from giftwell.domain.redemption.void import void
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.common.templatetags.words import money_text, reader_locale
from giftwell.interfaces.till import amounts
from giftwell.interfaces.till.forms import CaptureForm, HoldForm, KeyForm, fields_of
from giftwell.interfaces.till.holds import SetAside, hours_of, set_aside_here, spans
from giftwell.interfaces.till.keys import new_key, sent_key
from giftwell.interfaces.till.place import CounterRequest, at_the_counter, places_of
from giftwell.interfaces.till.readings import face_of
from giftwell.interfaces.till.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money


@at_the_counter(Permission.TILL_REDEEM)
def held(request: CounterRequest, slug: str, hold_id: str) -> HttpResponse:
    """One amount that is set aside: what was captured of it, and capturing."""
    found = set_aside_here(request.merchant, places_of(request), hold_id)
    if request.method == "POST":
        return _capture(request, found)
    return _page(request, "till/held.html", found)


@at_the_counter(Permission.TILL_REDEEM)
def change(request: CounterRequest, slug: str, hold_id: str) -> HttpResponse:
    """Set another amount aside, or for longer, in the place of this one."""
    found = set_aside_here(request.merchant, places_of(request), hold_id)
    if request.method != "POST":
        return _page(request, "till/held_change.html", found)
    fields = fields_of(HoldForm, request.POST)
    key = sent_key(request, fields["key"])
    try:
        answer = reauthorize(
            authorization_id=found.row.id,
            amount_minor=amounts.read(fields, found.row.currency),
            expires_in_seconds=hours_of(fields) * 3600,
            key=key,
            **_common(request),
        )
    except KeyConflict:
        messages.warning(request, _("This page was sent before. Nothing more was set aside."))
        return redirect("till:holds", slug)
    except DomainError as error:
        return _page(request, "till/held_change.html", found, key=key, error=error.detail)
    told = {"amount": money_text(answer.amount), "last4": found.card.last4}
    messages.success(request, _("%(amount)s of card %(last4)s is set aside now.") % told)
    return redirect("till:held", slug, public_id(Authorization.PREFIX, answer.id))


@at_the_counter(Permission.TILL_REDEEM)
@require_POST
def let_go(request: CounterRequest, slug: str, hold_id: str) -> HttpResponse:
    """Let it go: the card's holder can spend it again."""
    found = set_aside_here(request.merchant, places_of(request), hold_id)
    key = sent_key(request, fields_of(KeyForm, request.POST)["key"])
    try:
        answer = void(authorization_id=found.row.id, key=key, **_common(request))
    except DomainError as error:
        messages.warning(request, error.detail)
        return redirect("till:held", slug, hold_id)
    told = {"amount": money_text(answer.amount), "last4": found.card.last4}
    messages.success(request, _("%(amount)s of card %(last4)s can be spent again.") % told)
    return redirect("till:holds", slug)


def _capture(request: CounterRequest, found: SetAside) -> HttpResponse:
    fields = fields_of(CaptureForm, request.POST)
    key = sent_key(request, fields["key"])
    tip = {"amount": fields["tip"]}
    try:
        answer = capture(
            authorization_id=found.row.id,
            amount_minor=amounts.read(fields, found.row.currency),
            tip_minor=amounts.read(tip, found.row.currency) if fields["tip"].strip() else 0,
            final=not fields["keep"],
            key=key,
            **_common(request),
        )
    except KeyConflict:
        messages.warning(request, _("This was captured already, as it stands here. Nothing more was taken."))
        return redirect("till:held", request.merchant.slug, found.row.public_id)
    except DomainError as error:
        return _page(request, "till/held.html", found, key=key, error=error.detail, tip=fields["tip"])
    return redirect("till:redemption", request.merchant.slug, public_id(Redemption.PREFIX, answer.id))


def _page(
    request: CounterRequest, template: str, found: SetAside, *, key: str = "", error: str = "", tip: str = ""
) -> HttpResponse:
    pattern, theme = face_of(found.card)
    is_change = template.endswith("change.html")
    word = _("Set %(amount)s aside") if is_change else _("Take %(amount)s")
    context = {
        "found": found, "card": found.card, "first": found.held, "pattern": pattern, "theme": theme,
        "key": key or new_key(request), "error": error, "typed_tip": tip, "spans": spans(),
        "captures": [(one, Money(one.amount_minor, one.currency)) for one in found.captures],
        "locale": reader_locale().replace("_", "-"), "word": word % {"amount": "%"},
    }  # fmt: skip
    return show(request, template, **context)


def _common(request: CounterRequest) -> dict[str, Any]:
    return {
        "merchant_id": request.merchant.id, "request_id": request_id_of(request), "actor": request.actor,
        "now": now(),
    }  # fmt: skip
