"""Where this till stands: chosen once and remembered in the session, among the places where its cashier
works.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.db.models import Exists, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.foundation.identity.models import MembershipLocation
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission, permissions_at
from giftwell.interfaces.common.pages import PageRequest, merchant_page, person_page
from giftwell.interfaces.till.forms import PlaceForm
from giftwell.kit.ids import UnknownId, parse_id


@dataclass(frozen=True, slots=True)
class Counter:
    """The place this till stands in, and whether its cashier may move it to another."""

    location: Location
    can_move: bool


class CounterRequest(PageRequest):
    """The request as a view behind `at_the_counter` sees it; only for annotations."""

    counter: Counter


def at_the_counter(permission: Permission) -> Callable[[Callable[..., HttpResponseBase]], Any]:
    """A till's page: a role that may do this, at a place that is chosen. Asks for the place first where
    it is not.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Any:
        @merchant_page(permission)
        @wraps(view)
        def guarded(request: CounterRequest, slug: str, **kwargs: Any) -> HttpResponseBase:
            places = places_of(request)
            location = _remembered(request, places)
            if location is None:
                return redirect("till:place", slug)
            request.counter = Counter(location, can_move=len(places) > 1)
            return view(request, slug, **kwargs)

        return guarded

    return decorate


def places_of(request: PageRequest) -> list[Location]:
    """The open places where this person may stand at a till: all of the merchant's, unless the membership
    names some.
    """
    here = next(one for one in request.workplaces if one.merchant_id == request.merchant.id)
    named = MembershipLocation.objects.filter(membership_id=here.membership_id)
    with reading():
        return list(
            Location.objects.filter(merchant=request.merchant, is_active=True)
            .filter(Q(id__in=named.values("location_id")) | ~Exists(named))
            .order_by("name", "id")
        )


@merchant_page(Permission.TILL_REDEEM)
def choose_place(request: PageRequest, slug: str) -> HttpResponse:
    """Choose where this till stands."""
    places = places_of(request)
    error = ""
    if request.method == "POST":
        form = PlaceForm(request.POST)
        chosen = _named(places, form.cleaned_data["location"]) if form.is_valid() else None
        if chosen is not None:
            request.session[_session_key(request)] = str(chosen.id)
            return redirect("till:scan", slug)
        error = _("Choose one of these places.")
    remembered = _remembered(request, places)
    context = {"slug": slug, "places": places, "remembered": remembered, "error": error}
    return render(request, "till/place.html", context)


@person_page
def choose_shop(request: PageRequest) -> HttpResponse:
    """Choose which shop's till this is; the only one is opened at once."""
    tills = [
        one
        for one in find_memberships(request.user.pk)
        if Permission.TILL_REDEEM in permissions_at(one) and not one.is_suspended
    ]
    live = [one for one in tills if not one.is_sandbox]
    if len(live) == 1 or len(tills) == 1:
        return redirect("till:scan", (live or tills)[0].slug)
    return render(request, "till/shops.html", {"tills": tills})


def _remembered(request: PageRequest, places: list[Location]) -> Location | None:
    if len(places) == 1:
        return places[0]
    kept = request.session.get(_session_key(request))
    return next((one for one in places if str(one.id) == kept), None)


def _named(places: list[Location], text: str) -> Location | None:
    try:
        wanted: UUID = parse_id(Location.PREFIX, text)
    except UnknownId:
        return None
    return next((one for one in places if one.id == wanted), None)


def _session_key(request: PageRequest) -> str:
    return f"till_place_{request.merchant.id.hex}"
