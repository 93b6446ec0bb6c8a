"""Authorizations: what is set aside on cards, taken of it in parts, changed, or let go."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.capture import capture
from giftwell.domain.redemption.models import Authorization
from giftwell.domain.redemption.queries import (
    Held,
    authorizations_of,
    find_authorization,
    holds_of,
    redemptions_of,
)
from giftwell.domain.redemption.reauthorize import reauthorize
from giftwell.domain.redemption.void import void
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.actors import actor_names
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.console.amounts import AmountField, written
from giftwell.interfaces.console.errors import id_or_404, tell
from giftwell.interfaces.console.paged import shown_page
from giftwell.interfaces.console.people import place_names
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money

_SPANS = [
    ("24", gettext_lazy("1 day")), ("2", gettext_lazy("2 hours")), ("72", gettext_lazy("3 days")),
    ("168", gettext_lazy("7 days")),
]  # fmt: skip


class ActForm(Strict):
    """An amount; `key` makes a form sent twice take effect once."""

    key = forms.RegexField(r"console-[A-Za-z0-9_-]{32}", widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["amount"] = AmountField(currency=currency, label=_("Amount in %(c)s") % {"c": currency})


class CaptureForm(ActForm):
    """What to take, a tip on top, and whether the rest stays set aside."""

    keep = forms.BooleanField(
        required=False, label=gettext_lazy("Keep the rest set aside for the next part")
    )  # fmt: skip

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, currency=currency, **more)
        self.fields["tip"] = AmountField(
            currency=currency, required=False, label=_("Tip on top, in %(c)s") % {"c": currency}
        )
        self.order_fields(["key", "amount", "tip", "keep"])


class ChangeForm(ActForm):
    """Another amount, and for how long from now."""

    hours = forms.ChoiceField(choices=_SPANS, label=gettext_lazy("For how long"))


@merchant_page(Permission.CARDS_VIEW)
def authorizations(request: PageRequest, slug: str) -> HttpResponse:
    """What was set aside, newest first, as it stands."""
    at = now()
    with reading():
        page = shown_page(request, authorizations_of(request.merchant.id), at="authorized_at")
        states = holds_of(page.rows, now=at)
        cards = Card.objects.filter(merchant=request.merchant).in_bulk([one.card_id for one in page.rows])
        places = place_names(request.merchant.id)
    rows = [
        {"row": one, "card": cards[one.card_id], "state": states[one.id].state,
         "amount": Money(one.amount_minor, one.currency), "held": _held(one, states[one.id]),
         "place": places.get(one.location_id, "")}
        for one in page.rows
    ]  # fmt: skip
    return show(request, "console/authorizations/list.html", "redemptions", rows=rows, page=page)


@merchant_page(Permission.CARDS_VIEW)
def authorization(request: PageRequest, slug: str, authorization_id: str) -> HttpResponse:
    """One authorization: what was taken of it, and what can be done with the rest."""
    return _page(request, _wanted(authorization_id), {})


@merchant_page(Permission.TILL_REDEEM)
def act(request: PageRequest, slug: str, authorization_id: str, verb: str) -> HttpResponse:
    """Capture, change or void it: `take`, `change` or `let-go`. The form says which."""
    wanted = _wanted(authorization_id)
    with reading():
        found = find_authorization(request.merchant.id, wanted)
    if request.method != "POST":
        return redirect("console:authorization", slug, authorization_id)
    kinds: dict[str, type[ActForm]] = {"take": CaptureForm, "change": ChangeForm}
    if verb == "let-go":
        return _let_go(request, found)
    form = kinds[verb](request.POST, currency=found.currency)
    if form.is_valid():
        try:
            return _take(request, found, form) if verb == "take" else _change(request, found, form)
        except DomainError as error:
            tell(form, error, {"amount_minor": "amount", "tip_minor": "tip"})
    return _page(request, wanted, {verb: form})


def _take(request: PageRequest, found: Authorization, form: ActForm) -> HttpResponse:
    data = form.cleaned_data
    answer = capture(
        authorization_id=found.id, amount_minor=data["amount"], tip_minor=data["tip"] or 0,
        final=not data["keep"], key=data["key"], **_common(request),
    )  # fmt: skip
    messages.success(request, _("%(amount)s taken.") % {"amount": money_text(answer.amount)})
    return redirect("console:authorization", request.merchant.slug, found.public_id)


def _change(request: PageRequest, found: Authorization, form: ActForm) -> HttpResponse:
    data = form.cleaned_data
    answer = reauthorize(
        authorization_id=found.id, amount_minor=data["amount"],
        expires_in_seconds=int(data["hours"]) * 3600, key=data["key"], **_common(request),
    )  # fmt: skip
    messages.success(request, _("%(amount)s is set aside now.") % {"amount": money_text(answer.amount)})
    return redirect(
        "console:authorization", request.merchant.slug, public_id(Authorization.PREFIX, answer.id)
    )  # fmt: skip


def _let_go(request: PageRequest, found: Authorization) -> HttpResponse:
    Strict(request.POST).is_valid()
    try:
        answer = void(authorization_id=found.id, key=f"console-{new_token()}", **_common(request))
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("%(amount)s can be spent again.") % {"amount": money_text(answer.amount)})
    return redirect("console:authorization", request.merchant.slug, found.public_id)


def _page(request: PageRequest, wanted: UUID, forms_sent: dict[str, ActForm]) -> HttpResponse:
    merchant_id = request.merchant.id
    with reading():
        found = find_authorization(merchant_id, wanted)
        state = holds_of([found], now=now())[found.id]
        captures = list(redemptions_of(merchant_id).filter(authorization_id=found.id))
        next_one = authorizations_of(merchant_id).filter(replaces_id=found.id).first()
        card = Card.objects.get(merchant=request.merchant, pk=found.card_id)
        places = place_names(merchant_id)
    first = {"key": f"console-{new_token()}", "amount": written(state.held_minor, found.currency)}
    context = {
        "found": found, "card": card, "state": state.state, "held": _held(found, state),
        "placed": Money(found.amount_minor, found.currency), "where": places.get(found.location_id, ""),
        "by": actor_names([found.actor])[found.actor],
        "captures": [(one, Money(one.amount_minor, one.currency)) for one in captures],
        "take": forms_sent.get("take") or CaptureForm(initial=first, currency=found.currency),
        "change": forms_sent.get("change") or ChangeForm(initial=first, currency=found.currency),
        "is_changing": "change" in forms_sent, "replaced_by": next_one.public_id if next_one else "",
        "replaces": public_id(Authorization.PREFIX, found.replaces_id) if found.replaces_id else "",
    }  # fmt: skip
    return show(request, "console/authorizations/detail.html", "redemptions", **context)


def _held(found: Authorization, state: Held) -> Money:
    return Money(state.held_minor, found.currency)


def _wanted(text: str) -> UUID:
    return id_or_404(Authorization.PREFIX, text)


def _common(request: PageRequest) -> dict[str, Any]:
    return {
        "merchant_id": request.merchant.id, "request_id": request_id_of(request), "actor": request.actor,
        "now": now(),
    }  # fmt: skip
