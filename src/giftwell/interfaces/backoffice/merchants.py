"""The merchants of the platform, and the two things that may be done to one: stop it, and let it go on."""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from giftwell.foundation.identity.reinstate_merchant import reinstate_merchant
from giftwell.foundation.identity.suspend_merchant import suspend_merchant
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, platform_page
from giftwell.interfaces.common.paging import page_of
from giftwell.kit.clock import now
from giftwell.kit.errors import NotFound
from giftwell.kit.ids import parse_id


class UnknownMerchant(NotFound):
    """No merchant has this id."""

    code = "unknown_merchant"
    detail = "There is no merchant of this id."


class SuspendForm(Strict):
    """Why a merchant is stopped; its audit keeps it."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class ReinstateForm(Strict):
    """Nothing to fill in; being sent is all."""


@require_safe
@platform_page(Permission.PLATFORM_VIEW)
def merchants(request: PageRequest) -> HttpResponse:
    """The live merchants, newest first; a twin is part of its merchant."""
    with reading():
        live = Merchant.objects.filter(live_merchant__isnull=True)
        page = page_of(live, cursor=request.GET.get("cursor"))
    context = {
        "place": "merchants",
        "merchants": page.rows,
        "older": f"?cursor={page.next_cursor}" if page.next_cursor else "",
        "newest": "?" if request.GET.get("cursor") else "",
    }
    return render(request, "backoffice/merchants.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@platform_page(Permission.PLATFORM_MERCHANTS)
def merchant(request: PageRequest, merchant_id: str) -> HttpResponse:
    """One merchant; by POST it is stopped or goes on, whichever it is not."""
    with reading():
        found = Merchant.objects.filter(id=parse_id(Merchant.PREFIX, merchant_id)).first()
    if found is None:
        raise UnknownMerchant
    form_class = SuspendForm if found.is_active else ReinstateForm
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if found.is_active:
            reason = cast("str", form.cleaned_data["reason"])
            suspend_merchant(merchant=found, reason=reason, actor=request.actor, now=now())
            messages.success(request, _("%(name)s is suspended.") % {"name": found.name})
        else:
            reinstate_merchant(merchant=found, actor=request.actor, now=now())
            messages.success(request, _("%(name)s may work again.") % {"name": found.name})
        return redirect("backoffice:merchant", merchant_id=merchant_id)
    return render(
        request, "backoffice/merchant.html", {"place": "merchants", "merchant": found, "form": form}
    )
