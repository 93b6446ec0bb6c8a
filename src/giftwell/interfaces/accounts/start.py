"""How a merchant begins: one form for somebody new, or for somebody signed in; a verified address before
there is a shop.
"""

from typing import Any
from zoneinfo import available_timezones

from allauth.account.views import SignupView
from babel import Locale
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from giftwell.domain.catalog.set_up_shop import set_up_shop
from giftwell.foundation.identity.create_merchant import OWNER, create_merchant
from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.rules import COUNTRIES, TWIN_SUFFIX, MerchantDetailsAreInvalid
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.accounts.drafts import draft_of, drop_draft, keep_draft
from giftwell.interfaces.accounts.forms import SignUpForm
from giftwell.interfaces.accounts.landing import console_of
from giftwell.interfaces.common.forms import Strict
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.money import is_currency

# The fields of the form that a verb knows by another name.
_FIELD_OF = {"name": "business_name"}


def _countries() -> list[tuple[str, str]]:
    return sorted(COUNTRIES.items(), key=lambda pair: pair[1])


def _currencies() -> list[tuple[str, str]]:
    names = Locale("en").currencies
    return sorted((code, f"{code}, {name}") for code, name in names.items() if is_currency(code))


def _time_zones() -> list[tuple[str, str]]:
    areas = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    zones = sorted(zone for zone in available_timezones() if zone.startswith(areas))
    return [(zone, zone.replace("_", " ")) for zone in [*zones, "UTC"]]


def _choose(choices: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    return [("", _("Choose…")), *choices]


class BusinessForm(Strict):
    """What a shop needs to be opened; everything else has a sound beginning and is changed in the console."""

    business_name = forms.CharField(
        label=_("Name of the business"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(label=_("Country"), choices=_choose(_countries()))
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=_choose(_currencies()),
        help_text=_("Your cards are sold and spent in it."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_choose(_time_zones()))


class StartForm(SignUpForm, BusinessForm):
    """The person and the business at once, for somebody who has no account yet."""

    field_order = ("business_name", "country", "currency", "time_zone", "name", "email", "password1")

    def save(self, request: HttpRequest) -> User:
        """Make the person, and keep what they said about the business until their address is verified."""
        user = super().save(request)
        keep_draft(user.pk, self.cleaned_data)
        return user


class StartView(SignupView):  # type: ignore[misc]
    """The first visit: account and business in one form. Answers as any sign-up does."""

    template_name = "accounts/start.html"
    success_url = reverse_lazy("start")

    def get_form_class(self) -> type[StartForm]:
        """Our form, not the one of a plain sign-up."""
        return StartForm


_first_visit = StartView.as_view()


def start(request: HttpRequest) -> HttpResponseBase:
    """Begin as a merchant."""
    if not request.user.is_authenticated:
        answer: HttpResponseBase = _first_visit(request)
        return answer
    assert isinstance(request.user, User)
    return _open_shop(request, request.user)


def _open_shop(request: HttpRequest, user: User) -> HttpResponse:
    """The second visit, with a verified address: check what was written, and open the shop."""
    form = BusinessForm(request.POST if request.method == "POST" else None, initial=draft_of(user.pk))
    if request.method == "POST" and form.is_valid():
        slug = _shop_of(user, form)
        if slug:
            drop_draft(user.pk)
            return redirect(console_of(slug))
    return render(request, "accounts/open_shop.html", {"form": form, "began": bool(draft_of(user.pk))})


def _shop_of(user: User, form: BusinessForm) -> str | None:
    """The address of the shop this form opened, now or when it was sent before; nothing if it cannot be."""
    name = form.cleaned_data["business_name"].strip()
    # A form sent twice must not open two shops; somebody who wants a second one gives it a name of its own.
    known = (place for place in find_memberships(user.pk) if place.name == name and place.role == OWNER)
    slug = next((place.slug for place in known if not place.is_sandbox), None) or _create(user, form)
    if slug is None:
        return None
    # After the merchant and not with it: setting up twice changes nothing, so a shop left half open is
    # finished by sending the form again.
    for place in find_memberships(user.pk):
        if place.slug in {slug, slug + TWIN_SUFFIX} and not place.is_suspended:
            with scope.merchant(place.merchant_id), reading():
                merchant = Merchant.objects.get(id=place.merchant_id)
            set_up_shop(merchant=merchant, actor=Actor.person(user.pk), now=now())
    return slug


def _create(user: User, form: BusinessForm) -> str | None:
    details = form.cleaned_data
    try:
        merchant = create_merchant(
            name=details["business_name"],
            owner=user,
            country=details["country"],
            currency=details["currency"],
            time_zone=details["time_zone"],
            actor=Actor.person(user.pk),
            now=now(),
        )
    except MerchantDetailsAreInvalid as error:
        for field, message in error.errors.items():
            form.add_error(_FIELD_OF.get(field, field), message)
        return None
    return merchant.slug
