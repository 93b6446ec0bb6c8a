"""Designs: the faces that cards can wear, and a further one. Sold cards point at them, so none is deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.catalog import terms
from giftwell.domain.catalog.colours import FIELDS
from giftwell.domain.catalog.create_design import NAME_LENGTH, create_design
from giftwell.domain.catalog.models import PATTERNS
from giftwell.domain.catalog.queries import brand_of, designs_of
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.themes import theme_url
from giftwell.interfaces.console.brand import ColoursForm
from giftwell.interfaces.console.errors import tell
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError


class DesignForm(ColoursForm):
    """A name, one of the twelve patterns, and four colours."""

    name = forms.CharField(max_length=NAME_LENGTH)
    pattern = forms.ChoiceField(choices=[(one, one) for one in PATTERNS])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].label = _("Name")
        self.fields["pattern"].label = _("Pattern")
        self.order_fields(["name", "pattern", *FIELDS])


@merchant_page(Permission.BRAND_EDIT)
def designs(request: PageRequest, slug: str) -> HttpResponse:
    """See the faces, and make another."""
    with reading():
        rows = list(designs_of(request.merchant)[:100])
        source = brand_of(request.merchant) or terms.HOUSE
    first = {name: getattr(source, name) for name in FIELDS}
    form = DesignForm(
        request.POST if request.method == "POST" else None, initial={**first, "pattern": PATTERNS[0]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = create_design(
                merchant=request.merchant,
                name=form.cleaned_data["name"],
                pattern=form.cleaned_data["pattern"],
                colours=form.colours(),
                position=len(rows),
                actor=request.actor,
                now=now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, _("“%(name)s” can be chosen by buyers now.") % {"name": made.name})
            return redirect("console:designs", slug)
    context = {
        "rows": rows, "form": form, "patterns": PATTERNS,
        "theme_href": theme_url(slug, rows[-1].id.hex[:12] if rows else ""),
    }  # fmt: skip
    return show(request, "console/designs/list.html", "designs", **context)
