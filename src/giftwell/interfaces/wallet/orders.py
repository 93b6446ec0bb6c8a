"""The orders a person placed while signed in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from giftwell.domain.orders.links import order_link
from giftwell.domain.orders.queries import orders_bought_by
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.pages import PageRequest, person_page
from giftwell.interfaces.common.paging import page_of


@require_safe
@person_page
def orders(request: PageRequest) -> HttpResponse:
    """This person's orders, newest first, each with the link to its own page."""
    with reading():
        mine = orders_bought_by(request.user.pk)
        page = page_of(mine, cursor=request.GET.get("cursor"), at="placed_at")
    context = {
        "place": "orders",
        "orders": [(order, order_link(order.id)) for order in page.rows],
        "older": f"?cursor={page.next_cursor}" if page.next_cursor else "",
        "newest": "?" if request.GET.get("cursor") else "",
    }
    return render(request, "wallet/orders.html", context)
