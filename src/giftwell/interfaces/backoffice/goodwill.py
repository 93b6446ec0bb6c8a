"""Goodwill: value that the platform gives on a card, asked for by one of its people and given by another."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from giftwell.domain.cards.adjust_card import adjust_card
from giftwell.domain.cards.decide_adjustment import approve_adjustment, decline_adjustment, is_own
from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.cards.queries import balance_of, goodwill_adjustments, open_adjustments, with_balance
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.actors import actor_names
from giftwell.interfaces.common.amounts import AmountField
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, platform_page
from giftwell.interfaces.common.paging import page_of
from giftwell.interfaces.common.telling import tell
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import UnknownId, parse_id
from giftwell.kit.money import Money

GOODWILL = Adjustment.Source.GOODWILL


class GiveForm(Strict):
    """How much, and why. The card stands in the address."""

    key = forms.RegexField(r"goodwill-[A-Za-z0-9_-]{32}", widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=200,
        help_text=gettext_lazy("Kept with it, for whoever approves it and for the audit. Never a code."),
    )

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["amount"] = AmountField(currency=currency, label=_("How much?"))
        self.order_fields(["key", "amount", "reason"])


@dataclass(frozen=True, slots=True)
class Row:
    """A goodwill adjustment as the list and its page show it."""

    row: Adjustment
    change: Money
    state: str
    asked_by: str
    decided_by: str


@require_safe
@platform_page(Permission.PLATFORM_GOODWILL)
def goodwill(request: PageRequest) -> HttpResponse:
    """What was given or asked for, newest first."""
    shows, at = request.GET.get("show", ""), now()
    with reading():
        given = goodwill_adjustments()
        waiting = open_adjustments(given, at)
        page = page_of(
            waiting if shows == "open" else given, cursor=request.GET.get("cursor"), at="requested_at"
        )
        count = waiting.count()
    kept = "show=open&" if shows == "open" else ""
    context = {
        "place": "goodwill", "rows": _rows(list(page.rows)), "shows": shows, "waiting": count,
        "older": f"?{kept}cursor={page.next_cursor}" if page.next_cursor else "",
        "newest": f"?{kept}" if request.GET.get("cursor") else "",
    }  # fmt: skip
    return render(request, "backoffice/goodwill.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@platform_page(Permission.PLATFORM_GOODWILL)
def give(request: PageRequest) -> HttpResponse:
    """Ask for goodwill on a card, which is named by its id first."""
    named = request.GET.get("card", "").strip()
    card = _card(named) if named else None
    if card is None:
        return render(
            request,
            "backoffice/goodwill_card.html",
            {"place": "goodwill", "named": named},
            status=404 if named else 200,
        )
    if request.method == "POST":
        form = GiveForm(request.POST, currency=card.currency)
        if form.is_valid() and (asked := _asked(request, card, form)):
            messages.success(request, _("Asked for: nothing is given until a colleague approves it."))
            return redirect("backoffice:goodwill_one", asked.public_id)
    else:
        form = GiveForm(currency=card.currency, initial={"key": f"goodwill-{new_token()}"})
    context = {"place": "goodwill", "card": card, "balance": balance_of(card), "form": form}
    return render(request, "backoffice/goodwill_give.html", context)


@require_safe
@platform_page(Permission.PLATFORM_GOODWILL)
def goodwill_one(request: PageRequest, adjustment_id: str) -> HttpResponse:
    """One of them: what it gives, who answers for it, and what the reader may do about it."""
    found = _found(adjustment_id)
    (row,) = _rows([found])
    context = {
        "place": "goodwill", "one": row, "is_own": is_own(found, request.actor),
        "can_decide": row.state == Adjustment.State.REQUESTED,
    }  # fmt: skip
    return render(request, "backoffice/goodwill_one.html", context)


@require_POST
@platform_page(Permission.PLATFORM_GOODWILL)
def approve(request: PageRequest, adjustment_id: str) -> HttpResponse:
    """Be the second person: the value is on the card now."""
    return _decide(request, adjustment_id, approves=True)


@require_POST
@platform_page(Permission.PLATFORM_GOODWILL)
def decline(request: PageRequest, adjustment_id: str) -> HttpResponse:
    """Decline it, or take one's own request back."""
    return _decide(request, adjustment_id, approves=False)


def _decide(request: PageRequest, adjustment_id: str, *, approves: bool) -> HttpResponse:
    Strict(request.POST).is_valid()
    found = _found(adjustment_id)
    decide = approve_adjustment if approves else decline_adjustment
    try:
        decide(
            merchant_id=found.merchant_id,
            adjustment_id=found.id,
            source=GOODWILL,
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        done = _("Given: %(amount)s is on the card.") if approves else _("Nothing was given.")
        messages.success(request, done % {"amount": money_text(found.change)})
    return redirect("backoffice:goodwill_one", adjustment_id)


def _asked(request: PageRequest, card: Card, form: GiveForm) -> Adjustment | None:
    try:
        done = adjust_card(
            merchant_id=card.merchant_id,
            card_id=card.id,
            change=Money(form.cleaned_data["amount"], card.currency),
            reason=form.cleaned_data["reason"],
            key=form.cleaned_data["key"],
            source=GOODWILL,
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        tell(form, error, {"amount_minor": "amount"})
        return None
    return done.adjustment


def _card(named: str) -> Card | None:
    try:
        card_id = parse_id(Card.PREFIX, named)
    except UnknownId:
        return None
    with reading():
        cards = with_balance(Card.objects.filter(id=card_id)).select_related("merchant", "program")
        return cards.first()


def _found(adjustment_id: str) -> Adjustment:
    with reading():
        found = goodwill_adjustments().filter(id=parse_id(Adjustment.PREFIX, adjustment_id)).first()
    if found is None:
        raise Http404
    return found


def _rows(found: list[Adjustment]) -> list[Row]:
    names = actor_names([text for one in found for text in (one.requested_by, one.decided_by) if text])
    at = now()
    return [
        Row(one, one.change, one.state_at(at), names[one.requested_by], names.get(one.decided_by, ""))
        for one in found
    ]
