"""Second factors: the page that shows them, an app, passkeys, backup codes, the steps that ask for one."""

from typing import Any, cast

import segno
from allauth.account import views as account_views
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as base_views
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as passkey_views
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from giftwell.foundation.identity.add_authenticator_app import (
    CodeIsWrong,
    HasAnAppAlready,
    add_authenticator_app,
)
from giftwell.foundation.identity.backup_codes import backup_codes_left, make_backup_codes
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.remove_second_factor import FactorIsUnknown, remove_second_factor
from giftwell.foundation.identity.second_factor import due_at, has_second_factor
from giftwell.foundation.identity.totp import address_of, new_secret, opened, sealed
from giftwell.interfaces.accounts.factor_forms import AppForm
from giftwell.interfaces.accounts.heard import factor_added, factor_removed
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.notices import Notice, tell
from giftwell.interfaces.common.pages import PageRequest, View, person_page, public_page
from giftwell.interfaces.common.second_factor import is_asked_of
from giftwell.kit.clock import now
from giftwell.kit.crypto import CannotDecrypt

_PENDING = "second_factor.pending"
# What somebody wanted to do before they were sent here.
_AFTER = "second_factor.after"
_HOME = "account_second_factor"


def _recently(view: View) -> View:
    """Only for somebody who has shown within five minutes who they are; others are asked and come back."""
    return cast("View", reauthentication_required(app="allauth.mfa")(view))


class NothingToSay(Strict):
    """A form whose being sent is all."""


@require_safe
@person_page
def factors(request: PageRequest) -> HttpResponse:
    """What stands beside the password, and the ways to more of it."""
    after = request.GET.get("next", "")
    if after and url_has_allowed_host_and_scheme(after, allowed_hosts=None):
        request.session[_AFTER] = after
    own = list(Authenticator.objects.filter(user_id=request.user.pk).order_by("created_at", "id"))
    context = {
        "app": next((one for one in own if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [(one, one.wrap().name) for one in own if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": backup_codes_left(request.user),
        "is_asked": is_asked_of(request.user),
        "due_at": due_at(request.user),
        "is_late": due_at(request.user) <= now(),
        "after": request.session.get(_AFTER, ""),
    }
    return render(request, "mfa/factors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
@_recently
def add_app(request: PageRequest) -> HttpResponse:
    """Show a secret to be scanned or typed, and take the first code of the app."""
    form = AppForm(request.POST if request.method == "POST" else None)
    secret = _pending(request)
    if request.method == "POST" and form.is_valid():
        was_first = not has_second_factor(request.user)
        try:
            add_authenticator_app(user=request.user, secret=secret, code=form.cleaned_data["code"], now=now())
        except CodeIsWrong as error:
            form.add_error("code", error.detail)
        except HasAnAppAlready:
            return redirect(_HOME)
        else:
            del request.session[_PENDING]
            record_authentication(request, request.user, "mfa", type="totp", reauthenticated=True)
            factor_added(request.user, was_first=was_first, request=request)
            return redirect("account_backup_codes" if was_first else _HOME)
    picture = segno.make_qr(address_of(secret, request.user.email), error="m").svg_data_uri(scale=5, border=3)
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render(request, "mfa/app.html", {"form": form, "picture": picture, "secret": spaced})


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
@_recently
def remove(request: PageRequest, factor_id: str) -> HttpResponse:
    """Take an app or a passkey off, after naming it once more."""
    own = Authenticator.objects.filter(user_id=request.user.pk)
    factor = next((one for one in own if str(one.pk) == factor_id), None)
    if factor is None:
        raise FactorIsUnknown
    form = NothingToSay(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        remove_second_factor(user=request.user, factor_id=factor.pk, now=now())
        factor_removed(request.user)
        return redirect(_HOME)
    is_app = factor.type == Authenticator.Type.TOTP
    return render(request, "mfa/remove.html", {"is_app": is_app, "name": "" if is_app else str(factor)})


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
@_recently
def backup_codes(request: PageRequest) -> HttpResponse:
    """Make ten new codes and show them, this once."""
    form = NothingToSay(request.POST if request.method == "POST" else None)
    codes: list[str] = []
    if request.method == "POST" and form.is_valid():
        codes = make_backup_codes(user=request.user, now=now())
        tell(request.user, Notice.BACKUP_CODES_MADE)
    return render(request, "mfa/backup_codes.html", {"codes": codes, "left": backup_codes_left(request.user)})


@require_POST
@public_page
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What a browser needs to ask for a passkey before we know whose."""
    return JsonResponse({"request_options": auth.begin_authentication(user=None)})


class _AddPasskey(passkey_views.AddWebAuthnView):  # type: ignore[misc]
    """A passkey that can sign in by itself; the device asks for a finger, a face or a PIN."""

    template_name = "mfa/passkey.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Without the name that allauth would fill in."""
        return {**super().get_form_kwargs(), "initial": {}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form with what the browser needs, made anew for each try."""
        context: dict[str, Any] = super(passkey_views.AddWebAuthnView, self).get_context_data(**kwargs)
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Keep it; with the first factor come backup codes."""
        self.was_first = not has_second_factor(cast("User", self.request.user))
        response: HttpResponse = super().form_valid(form)
        return response

    def get_success_url(self) -> str:
        """On to the codes after the first factor, else back."""
        return str(reverse_lazy("account_backup_codes" if self.was_first else _HOME))


@method_decorator(require_http_methods(["GET", "POST"]), name="dispatch")
class _Confirm(account_views.ReauthenticateView):  # type: ignore[misc]
    template_name = "mfa/confirm.html"


class _ConfirmByCode(base_views.ReauthenticateView):  # type: ignore[misc]
    template_name = "mfa/confirm.html"


class _ConfirmByPasskey(passkey_views.ReauthenticateWebAuthnView):  # type: ignore[misc]
    template_name = "mfa/confirm.html"

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Say it here; allauth would send the person to the sign-in, where they are already."""
        response: HttpResponse = self.render_to_response(self.get_context_data())
        return response


add_passkey = person_page(_recently(_AddPasskey.as_view()))
check = public_page(base_views.AuthenticateView.as_view(template_name="mfa/check.html"))
sign_in_by_passkey = require_POST(public_page(passkey_views.LoginWebAuthnView.as_view()))
confirm = person_page(_Confirm.as_view())
confirm_by_code = person_page(_ConfirmByCode.as_view())
confirm_by_passkey = person_page(_ConfirmByPasskey.as_view())


def _pending(request: PageRequest) -> str:
    """The secret that waits for its first code; it stays while it is looked at, sealed in the session."""
    kept = request.session.get(_PENDING)
    if kept:
        try:
            return opened(kept, request.user.pk)
        except (CannotDecrypt, ValueError):
            pass
    secret = new_secret()
    request.session[_PENDING] = sealed(secret, request.user.pk)
    return secret
