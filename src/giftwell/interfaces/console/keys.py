"""Developers: keys for machines. A secret is in the answer to the form that made it, and nowhere after."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.foundation.identity.create_api_key import create_api_key
from giftwell.foundation.identity.models import ApiKey
from giftwell.foundation.identity.revoke_api_key import revoke_api_key
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import SCOPES, Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.errors import id_or_404, tell, there
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError


class KeyForm(Strict):
    """A name and what the key may do."""

    name = forms.CharField(max_length=80)
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        choices=[(str(name), f"{name}: {words}") for name, words in SCOPES.items()],
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("Such as the system that will use it.")
        self.fields["scopes"].label = _("It may")


@merchant_page(Permission.KEYS_VIEW)
def keys(request: PageRequest, slug: str) -> HttpResponse:
    """The keys of this shop."""
    return _page(request, KeyForm())


@merchant_page(Permission.KEYS_EDIT)
def new(request: PageRequest, slug: str) -> HttpResponse:
    """Make a key, and show its secret in this answer and never again."""
    if request.method != "POST":
        return redirect("console:keys", slug)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    made, secret = _made(request, form)
    return _page(request, KeyForm() if secret else form, made=made, secret=secret)


@merchant_page(Permission.KEYS_EDIT)
def revoke(request: PageRequest, slug: str, key_id: str) -> HttpResponse:
    """Ask, naming the key, and make it worthless."""
    with reading():
        found = there(
            ApiKey.objects.filter(merchant=request.merchant, id=id_or_404(ApiKey.PREFIX, key_id)).first()
        )
    if request.method == "POST":
        Strict(request.POST).is_valid()
        revoke_api_key(key=found, actor=request.actor, now=now())
        messages.success(request, _("The key “%(name)s” opens nothing any more.") % {"name": found.name})
        return redirect("console:keys", slug)
    return show(request, "console/keys/revoke.html", "keys", key=found)


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


def _made(request: PageRequest, form: KeyForm) -> tuple[ApiKey | None, str]:
    wanted = form.cleaned_data
    try:
        return create_api_key(
            merchant=request.merchant,
            name=wanted["name"],
            scopes=wanted["scopes"],
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        tell(form, error)
        return None, ""
