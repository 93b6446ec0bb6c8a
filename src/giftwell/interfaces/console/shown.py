"""The frame of every console page: whose desk it is, the places open to this role, the way to the twin."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from giftwell.domain.catalog.queries import theme_class_of
from giftwell.foundation.identity.rules import TWIN_SUFFIX
from giftwell.interfaces.common.access import Permission, permissions_at
from giftwell.interfaces.common.pages import PageRequest
from giftwell.interfaces.common.themes import theme_url


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    name: str
    word: str
    symbol: str
    href: str


def show(request: PageRequest, template: str, place: str, **context: Any) -> HttpResponse:
    """Render a console page that stands under the navigation's `place`."""
    slug = request.merchant.slug
    frame = {
        "slug": slug,
        "merchant": request.merchant,
        "zone": request.merchant.time_zone,
        "currency": request.merchant.currency,
        "place": place,
        "groups": _groups(request),
        "twin": _twin(request),
        "has_others": sum(1 for one in request.workplaces if not one.is_sandbox) > 1,
        "brand_theme": theme_class_of(request.merchant),
        "theme_href": theme_url(slug),
        "may": {one.name.lower(): True for one in request.permissions},
    }
    return render(request, template, {**frame, **context})


def _groups(request: PageRequest) -> list[tuple[str, list[Place]]]:
    slug = request.merchant.slug
    wanted = [
        ("", "home", _("Home"), "home", Permission.CONSOLE_VIEW),
        ("", "cards", _("Cards"), "cards", Permission.CARDS_VIEW),
        ("", "orders", _("Orders"), "receipt", Permission.ORDERS_VIEW),
        ("", "redemptions", _("Redemptions"), "scan", Permission.CARDS_VIEW),
        ("", "adjustments", _("Adjustments"), "pencil", Permission.CARDS_ADJUST),
        (_("Sell"), "products", _("Products"), "shop", Permission.PRODUCTS_VIEW),
        (_("Sell"), "programs", _("Programs"), "calendar", Permission.PRODUCTS_VIEW),
        (_("Sell"), "brand", _("Brand"), "palette", Permission.BRAND_EDIT),
        (_("Sell"), "designs", _("Designs"), "gift", Permission.BRAND_EDIT),
        (_("Set up"), "locations", _("Locations"), "place", Permission.LOCATIONS_EDIT),
        (_("Set up"), "team", _("Team"), "people", Permission.TEAM_VIEW),
        (_("Set up"), "access", _("Getting in"), "lock", Permission.ACCESS_VIEW),
        (_("Set up"), "keys", _("Developers"), "code", Permission.KEYS_VIEW),
        (_("Set up"), "audit", _("Audit"), "shield", Permission.AUDIT_VIEW),
    ]
    groups: dict[str, list[Place]] = {}
    for heading, name, word, symbol, permission in wanted:
        if permission in request.permissions:
            place = Place(name, word, symbol, reverse(f"console:{name}", args=[slug]))
            groups.setdefault(heading, []).append(place)
    return list(groups.items())


def _twin(request: PageRequest) -> str:
    """The address of this shop's other desk, rehearsal or live; empty where there is none."""
    slug = request.merchant.slug
    other = slug.removesuffix(TWIN_SUFFIX) if request.merchant.is_sandbox else slug + TWIN_SUFFIX
    found = next((one for one in request.workplaces if one.slug == other), None)
    if found is None or Permission.CONSOLE_VIEW not in permissions_at(found):
        return ""
    return reverse("console:home", args=[other])
