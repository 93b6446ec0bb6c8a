"""How people get in: what this shop asks beyond what the platform does, and from where its desk opens."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from giftwell.foundation.identity.models import AccessRules
from giftwell.foundation.identity.password_rules import POLICIES
from giftwell.foundation.identity.set_access_rules import set_access_rules
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.errors import tell
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError


class AccessForm(Strict):
    """The rules as a person sets them."""

    password_policy = forms.ChoiceField()
    second_factor_for_all = forms.BooleanField(required=False)
    networks = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        words = {
            "nist": _("Long: at least 15 characters, or 12 beside a second factor"),
            "composition": _("Mixed: capital, small letter, digit and sign as well"),
        }
        self.fields["password_policy"] = forms.ChoiceField(
            label=_("Passwords"), choices=[(name, words[name]) for name in POLICIES]
        )
        self.fields["password_policy"].help_text = _("Holds from each person's next password on.")
        self.fields["second_factor_for_all"].label = _("Ask everybody for a second factor")
        self.fields["second_factor_for_all"].help_text = _(
            "Owners, managers and finance are asked in any case; this adds cashiers and everybody else."
        )
        self.fields["networks"].label = _("Open the desk from these networks only")
        self.fields["networks"].help_text = _(
            "One a line, such as 203.0.113.0/24. Empty means from everywhere. The till is not bound by it."
        )

    def clean_networks(self) -> list[str]:
        """The lines that say something."""
        return [line.strip() for line in self.cleaned_data["networks"].splitlines() if line.strip()]


@require_safe
@merchant_page(Permission.ACCESS_VIEW)
def access(request: PageRequest, slug: str) -> HttpResponse:
    """The rules as they are."""
    with reading():
        rules = AccessRules.objects.filter(merchant=request.merchant).first()
    initial: dict[str, Any] = {"password_policy": "nist"}
    if rules is not None:
        initial = {
            "password_policy": rules.password_policy,
            "second_factor_for_all": rules.second_factor_for_all,
            "networks": "\n".join(rules.networks),
        }
    return _page(request, AccessForm(initial=initial))


@merchant_page(Permission.ACCESS_EDIT)
@require_POST
def set_rules(request: PageRequest, slug: str) -> HttpResponse:
    """Set them; whoever does must not shut themselves out."""
    form = AccessForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        set_access_rules(
            merchant=request.merchant,
            **form.cleaned_data,
            address=str(request.META.get("REMOTE_ADDR", "")),
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        tell(form, error)
        return _page(request, form)
    messages.success(request, _("Saved."))
    return redirect("console:access", slug)


def _page(request: PageRequest, form: AccessForm) -> HttpResponse:
    address = str(request.META.get("REMOTE_ADDR", ""))
    return show(request, "console/access/detail.html", "access", form=form, address=address)
