"""Locations: the places where tills stand."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giftwell.foundation.identity.add_location import add_location
from giftwell.foundation.identity.close_location import close_location, reopen_location
from giftwell.foundation.identity.find_location import find_location
from giftwell.foundation.identity.rename_location import rename_location
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.errors import id_or_404, tell
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError


class NameForm(Strict):
    """What people call the place."""

    name = forms.CharField(max_length=80)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].label = _("Name of the place")


class TurnForm(Strict):
    """Whether the place is open."""

    is_open = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


@merchant_page(Permission.LOCATIONS_EDIT)
def locations(request: PageRequest, slug: str) -> HttpResponse:
    """The places, and a further one."""
    form = NameForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_location(
                merchant=request.merchant, name=form.cleaned_data["name"], actor=request.actor, now=now()
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, _("Tills can stand at %(name)s now.") % {"name": made.name})
            return redirect("console:locations", slug)
    with reading():
        rows = list(Location.objects.filter(merchant=request.merchant).order_by("-is_active", "name", "id"))
    return show(request, "console/locations/list.html", "locations", rows=rows, form=form)


@merchant_page(Permission.LOCATIONS_EDIT)
def location(request: PageRequest, slug: str, location_id: str) -> HttpResponse:
    """One place: another name, and whether it is open."""
    identity = id_or_404(Location.PREFIX, location_id)
    with reading():
        found = find_location(request.merchant.id, identity)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_location(
                merchant=request.merchant,
                location_id=identity,
                name=form.cleaned_data["name"],
                actor=request.actor,
                now=now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:locations", slug)
    return show(request, "console/locations/detail.html", "locations", location=found, form=form)


@merchant_page(Permission.LOCATIONS_EDIT)
@require_POST
def turn(request: PageRequest, slug: str, location_id: str) -> HttpResponse:
    """Close the place, or open it again."""
    identity = id_or_404(Location.PREFIX, location_id)
    form = TurnForm(request.POST)
    if form.is_valid():
        verb = reopen_location if form.cleaned_data["is_open"] == "yes" else close_location
        found = verb(merchant=request.merchant, location_id=identity, actor=request.actor, now=now())
        words = (
            _("%(name)s is open.") if found.is_active else _("%(name)s is closed: no till can stand there.")
        )
        messages.success(request, words % {"name": found.name})
    return redirect("console:locations", slug)
