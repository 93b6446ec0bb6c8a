"""The brand: four colours, judged by their contrast, a line about the shop, and its logo."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giftwell.domain.catalog import terms
from giftwell.domain.catalog.colours import FIELDS
from giftwell.domain.catalog.queries import brand_of, designs_of
from giftwell.domain.catalog.set_brand import TAGLINE_LENGTH, set_brand
from giftwell.domain.catalog.set_logo import set_logo
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.themes import theme_url
from giftwell.interfaces.console.errors import tell
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError


class ColoursForm(Strict):
    """Four colours, each as oklch text or #rrggbb."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        words = {
            "ground": (_("Ground"), _("The colour of the card.")),
            "figure": (_("Figure"), _("The pattern: a near tone of the ground.")),
            "foil": (_("Foil"), _("Thin lines and small shapes.")),
            "ink": (_("Ink"), _("Words; they have to read on ground and on figure.")),
        }
        for name in FIELDS:
            label, hint = words[name]
            attrs = {"data-colour": name, "autocomplete": "off", "spellcheck": "false"}
            self.fields[name] = forms.CharField(
                max_length=40, label=label, help_text=hint, widget=forms.TextInput(attrs=attrs)
            )

    def colours(self) -> dict[str, str]:
        """The four, as the verbs take them."""
        return {name: self.cleaned_data[name] for name in FIELDS}


class BrandForm(ColoursForm):
    """Colours and the line under the name."""

    tagline = forms.CharField(max_length=TAGLINE_LENGTH, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["tagline"].label = _("A line about the shop")
        self.fields["tagline"].help_text = _("Stands under the name in your shop.")
        self.order_fields([*FIELDS, "tagline"])


class LogoForm(Strict):
    """A picture, or the wish to have none."""

    carried = frozenset({"remove"})

    picture = forms.FileField(required=False)


@merchant_page(Permission.BRAND_EDIT)
def brand(request: PageRequest, slug: str) -> HttpResponse:
    """Look at the brand on a card and change it."""
    with reading():
        kept = brand_of(request.merchant)
        face = designs_of(request.merchant).first()
    source = kept or terms.HOUSE
    first = {name: getattr(source, name) for name in FIELDS}
    form = BrandForm(
        request.POST if request.method == "POST" else None,
        initial={**first, "tagline": kept.tagline if kept else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_brand(
                merchant=request.merchant,
                colours=form.colours(),
                tagline=form.cleaned_data["tagline"],
                actor=request.actor,
                now=now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, _("The brand is saved. Pages show it within a minute."))
            return redirect("console:brand", slug)
    context = {
        "form": form, "face": face, "has_logo": bool(kept and kept.logo_hash),
        "logo_href": f"/shops/{slug}/logo.png?v={kept.logo_hash[:12]}" if kept else "",
        # The address changes with the brand, so that this page never shows the colours of before.
        "theme_href": theme_url(slug, f"{kept.updated_at:%s}" if kept else ""),
    }  # fmt: skip
    return show(request, "console/brand/detail.html", "brand", **context)


@merchant_page(Permission.BRAND_EDIT)
@require_POST
def logo(request: PageRequest, slug: str) -> HttpResponse:
    """Keep a picture as the logo, judged by what it is and not by its name; or take it away."""
    form = LogoForm(request.POST, request.FILES)
    sent = form.cleaned_data.get("picture") if form.is_valid() else None
    is_removal = "remove" in request.POST
    if sent is None and not is_removal:
        messages.error(request, _("Choose a picture first. Nothing was changed."))
        return redirect("console:brand", slug)
    try:
        picture = None if is_removal or sent is None else sent.read()
        set_logo(merchant=request.merchant, picture=picture, actor=request.actor, now=now())
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("The logo is gone.") if is_removal else _("The logo is saved."))
    return redirect("console:brand", slug)
