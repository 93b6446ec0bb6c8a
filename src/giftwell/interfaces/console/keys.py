"""Developers: keys for machines. A secret is in the answer to the form that made it, and nowhere after."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from giftwell.foundation.identity.change_api_key import change_api_key
from giftwell.foundation.identity.create_api_key import create_api_key
from giftwell.foundation.identity.models import ApiKey
from giftwell.foundation.identity.revoke_api_key import revoke_api_key
from giftwell.foundation.identity.rotate_api_key import rotate_api_key
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission, scopes_behind
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.key_bounds import refuse_stronger
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.errors import id_or_404, tell, there
from giftwell.interfaces.console.key_forms import BoundsForm, KeyForm, RotateForm
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError


@require_safe
@merchant_page(Permission.KEYS_VIEW)
def keys(request: PageRequest, slug: str) -> HttpResponse:
    """The keys of this shop."""
    return _page(request, _form(request))


@merchant_page(Permission.KEYS_EDIT)
@require_POST
def new(request: PageRequest, slug: str) -> HttpResponse:
    """Make a key, and show its secret in this answer and never again."""
    form = _form(request, posted=True)
    if not form.is_valid():
        return _page(request, form)
    wanted, at = form.cleaned_data, now()
    try:
        made, secret = create_api_key(
            merchant=request.merchant,
            name=wanted["name"],
            scopes=wanted["scopes"],
            expires_at=_end(at, wanted["ends_in_days"]),
            networks=wanted["networks"],
            requests_a_minute=wanted["requests_a_minute"],
            actor=request.actor,
            now=at,
        )
    except DomainError as error:
        tell(form, error)
        return _page(request, form)
    return _page(request, _form(request), made=made, secret=secret)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Permission.KEYS_EDIT)
def key(request: PageRequest, slug: str, key_id: str) -> HttpResponse:
    """One key: another name, other bounds, and the ways to rotate and to revoke it."""
    found = _found(request, key_id)
    initial = {
        "name": found.name,
        "networks": "\n".join(found.networks),
        "requests_a_minute": found.requests_a_minute,
    }
    form = BoundsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        refuse_stronger(found.scopes, _allowed(request))
        try:
            change_api_key(
                merchant=request.merchant,
                key_id=found.id,
                **form.cleaned_data,
                actor=request.actor,
                now=now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved. It holds from the key's next request on."))
            return redirect("console:keys", slug)
    return _detail(request, found, form, RotateForm())


@merchant_page(Permission.KEYS_EDIT)
@require_POST
def rotate(request: PageRequest, slug: str, key_id: str) -> HttpResponse:
    """Make the key's successor, and show its secret in this answer and never again."""
    found, form, at = _found(request, key_id), RotateForm(request.POST), now()
    refuse_stronger(found.scopes, _allowed(request))
    if form.is_valid():
        try:
            made, secret = rotate_api_key(
                merchant=request.merchant,
                key_id=found.id,
                overlap=timedelta(hours=int(form.cleaned_data["overlap_hours"])),
                expires_at=_end(at, form.cleaned_data["ends_in_days"]),
                actor=request.actor,
                now=at,
            )
        except DomainError as error:
            form.add_error(None, error.detail)
        else:
            return _page(request, _form(request), made=made, secret=secret)
    return _detail(request, found, BoundsForm(initial={"name": found.name}), form)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Permission.KEYS_EDIT)
def revoke(request: PageRequest, slug: str, key_id: str) -> HttpResponse:
    """Ask, naming the key, and make it worthless."""
    found = _found(request, key_id)
    if request.method == "POST":
        Strict(request.POST).is_valid()
        revoke_api_key(key=found, actor=request.actor, now=now())
        messages.success(request, _("The key “%(name)s” opens nothing any more.") % {"name": found.name})
        return redirect("console:keys", slug)
    return show(request, "console/keys/revoke.html", "keys", key=found)


def _found(request: PageRequest, key_id: str) -> ApiKey:
    with reading():
        own = ApiKey.objects.filter(merchant=request.merchant)
        return there(own.filter(id=id_or_404(ApiKey.PREFIX, key_id)).first())


def _allowed(request: PageRequest) -> frozenset[str]:
    return scopes_behind(request.permissions, is_sandbox=request.merchant.is_sandbox)


def _form(request: PageRequest, *, posted: bool = False) -> KeyForm:
    return KeyForm(request.POST if posted else None, allowed=_allowed(request))


def _end(at: datetime, days: str) -> datetime | None:
    return at + timedelta(days=int(days)) if days else None


def _detail(request: PageRequest, found: ApiKey, form: BoundsForm, rotation: RotateForm) -> HttpResponse:
    ended = found.revoked_at is not None or (found.expires_at is not None and found.expires_at <= now())
    context: dict[str, Any] = {"key": found, "form": form, "rotation": rotation, "has_ended": ended}
    context["is_stronger"] = not set(found.scopes) <= _allowed(request)
    return show(request, "console/keys/detail.html", "keys", **context)


def _page(
    request: PageRequest, form: KeyForm, *, made: ApiKey | None = None, secret: str = ""
) -> HttpResponse:
    with reading():
        found = ApiKey.objects.filter(merchant=request.merchant)
        rows = list(found.order_by(F("revoked_at").asc(nulls_first=True), "-created_at")[:100])
    context = {"rows": rows, "form": form, "secret": secret, "made": made, "at": now()}
    response = show(request, "console/keys/list.html", "keys", **context)
    response["Cache-Control"] = "no-store"
    return response
