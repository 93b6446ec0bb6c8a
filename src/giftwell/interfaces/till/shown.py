"""How the till draws a page: the head with place, person and the day's total, and never a copy in a cache."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.themes import theme_url
from giftwell.interfaces.till.place import CounterRequest
from giftwell.interfaces.till.readings import day_totals
from giftwell.kit.clock import now


def show(request: CounterRequest, template: str, **context: Any) -> HttpResponse:
    """Render a till's page. `merchant_page` has said no-store already; here it is said where codes and
    balances stand.
    """
    totals = day_totals(request.merchant, request.counter.location, now())
    head = {
        "slug": request.merchant.slug,
        "merchant": request.merchant,
        "zone": request.merchant.time_zone,
        "counter": request.counter,
        "totals": totals,
        "today_total": totals[0].money,
        "theme_href": theme_url(request.merchant.slug),
        "may_refund": Permission.TILL_REFUND in request.permissions,
    }
    response = render(request, template, {**head, **context})
    response["Cache-Control"] = "no-store"
    return response
