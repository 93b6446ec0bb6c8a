"""Orders: the list, one order with its cards, payment and gifts, and giving back what is unspent."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.delivery.models import Gift
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.orders.queries import LineView, OrderView, orders_of, view_order
from giftwell.domain.orders.refund_order_card import refund_order_card
from giftwell.domain.orders.refunds import Split, split
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.common.themes import HOUSE
from giftwell.interfaces.console.errors import id_or_404, there
from giftwell.interfaces.console.paged import shown_page
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError
from giftwell.kit.money import Money

_NUMBER = re.compile(r"[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}")


class RefundForm(Strict):
    """The key that makes a form sent twice give back once."""

    key = forms.RegexField(r"order-refund-[A-Za-z0-9_-]{32}", widget=forms.HiddenInput)


@merchant_page(Permission.ORDERS_VIEW)
def orders(request: PageRequest, slug: str) -> HttpResponse:
    """The merchant's orders, newest first; search by number or by the buyer's whole e-mail address."""
    wanted = {name: request.GET.get(name, "").strip() for name in ("q", "status")}
    with reading():
        page = shown_page(request, _filtered(request, wanted), at="placed_at")
        cards = _cards_in([one.pk for one in page.rows], request)
    context = {
        "rows": [(one, cards.get(one.pk, [])) for one in page.rows],
        "page": page,
        "wanted": wanted,
        "is_filtered": any(wanted.values()),
    }
    return show(request, "console/orders/list.html", "orders", **context)


@merchant_page(Permission.ORDERS_VIEW)
def order(request: PageRequest, slug: str, order_id: str) -> HttpResponse:
    """One order: who bought it, what it holds, how it was paid, and where its gifts are."""
    with reading():
        view = view_order(request.merchant.id, id_or_404(Order.PREFIX, order_id))
        states = _mail_states(request, view)
    context = {
        "view": view,
        "order": view.order,
        "lines": [_line(one, states) for one in view.lines],
    }
    return show(request, "console/orders/detail.html", "orders", **context)


@merchant_page(Permission.ORDERS_REFUND)
def refund(request: PageRequest, slug: str, order_id: str, line_id: str) -> HttpResponse:
    """Ask, naming the sum, and give the buyer back what is unspent on a card."""
    identity = id_or_404(OrderLine.PREFIX, line_id)
    with reading():
        view = view_order(request.merchant.id, id_or_404(Order.PREFIX, order_id))
    line = there(next((one for one in view.lines if one.line.pk == identity), None))
    if request.method == "POST":
        form = RefundForm(request.POST)
        if form.is_valid():
            return _refund(request, view, line, form.cleaned_data["key"])
    due = _due(line)
    if due is None:
        messages.warning(request, _("There is nothing left on this card that could be given back."))
        return redirect("console:order", slug, order_id)
    context = {
        "order": view.order, "line": _line(line, {}), "due": due, "empties": _empties(line),
        "form": RefundForm(initial={"key": f"order-refund-{new_token()}"}),
    }  # fmt: skip
    return show(request, "console/orders/refund.html", "orders", **context)


def _refund(request: PageRequest, view: OrderView, line: LineView, key: str) -> HttpResponse:
    try:
        made = refund_order_card(
            merchant_id=request.merchant.id, line_id=line.line.pk, key=key, actor=request.actor, now=now()
        )
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        words = _("%(amount)s goes back to %(buyer)s, by the way it was paid.")
        given = {
            "amount": money_text(made.refund.amount),
            "buyer": view.order.buyer_name or view.order.buyer_email,
        }
        messages.success(request, words % given)
    return redirect("console:order", request.merchant.slug, view.order.public_id)


def _due(line: LineView) -> Money | None:
    """What the buyer would get back now; None where that is nothing."""
    parts = _parts(line)
    return parts.money(line.line.currency) if parts else None


def _empties(line: LineView) -> bool:
    """Whether giving that back leaves nothing on the card that the line sold."""
    parts = _parts(line)
    return not line.line.is_load and parts is not None and parts.value_minor == line.balance.amount_minor


def _parts(line: LineView) -> Split | None:
    held: int = line.card.held_minor  # type: ignore[attr-defined]  # annotated by the query
    if line.card.status != "active" or not line.line.order.is_fulfilled:
        return None
    try:
        return split(line.line, line.balance.amount_minor - held, None)
    except DomainError:
        return None


def _filtered(request: PageRequest, wanted: dict[str, str]) -> QuerySet[Order]:
    found = orders_of(request.merchant.id)
    if wanted["status"] == "unsent":
        dead = Message.objects.filter(merchant=request.merchant, kind="gift", state=Message.State.DEAD)
        gifts = Gift.objects.filter(merchant=request.merchant, message_id__in=dead.values("id"))
        found = found.filter(pk__in=gifts.values("order_id"))
    elif wanted["status"]:
        found = found.filter(status=wanted["status"])
    text = wanted["q"]
    if not text:
        return found
    matches = Q(buyer_email=text.lower())
    if _NUMBER.fullmatch(text):
        plain = text.upper().replace("-", "")
        matches |= Q(number=f"{plain[:4]}-{plain[4:]}")
    return found.filter(matches)


def _cards_in(order_ids: list[UUID], request: PageRequest) -> dict[UUID, list[OrderLine]]:
    lines = OrderLine.objects.select_related("design").filter(
        merchant=request.merchant, order_id__in=order_ids
    )
    found: dict[UUID, list[OrderLine]] = {}
    for line in lines.order_by("order_id", "position"):
        found.setdefault(line.order_id, []).append(line)
    return found


def _mail_states(request: PageRequest, view: OrderView) -> dict[UUID, Message]:
    wanted = [one.gift.message_id for one in view.lines if one.gift and one.gift.message_id]
    return Message.objects.filter(merchant=request.merchant).in_bulk(wanted)


def _line(one: LineView, states: dict[UUID, Message]) -> dict[str, Any]:
    design = one.line.design
    mail = states.get(one.gift.message_id) if one.gift and one.gift.message_id else None
    return {
        "view": one, "line": one.line, "card": one.card, "mail": mail, "due": _due(one),
        "pattern": design.pattern if design else "guilloche", "theme": design.theme if design else HOUSE,
        "discount": Money(one.line.discount_minor, one.line.currency),
    }  # fmt: skip
