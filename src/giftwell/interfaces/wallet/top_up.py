"""Pay for more on a card: choose a value within what the program allows, and be sent to pay."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from giftwell.domain.orders.opening import Buyer
from giftwell.domain.orders.place_top_up import place_top_up
from giftwell.interfaces.common.amounts import AmountField
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.limiting import per_minute, within
from giftwell.interfaces.common.pages import PageRequest, person_page
from giftwell.interfaces.common.telling import tell
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.wallet.held import Held, held_card
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError, Refused
from giftwell.kit.money import Money, exponent

OTHER = "other"
ORDERS_OF_A_PERSON = per_minute(10)
_ROUND = (10, 25, 50, 100)
_FIELDS = {"value_minor": "amount", "amount_minor": "amount", "currency": "amount"}


class TooManyTopUps(Refused):
    """More orders from one person than anybody pays for."""

    code = "too_many_orders"
    detail = "You placed many orders within a minute. Nothing was ordered now; try again in a minute."


@dataclass(frozen=True, slots=True)
class Bounds:
    """What can be put onto a card, in minor units: the program's bounds, and the room that its cap leaves."""

    lowest: int
    highest: int
    fee: int
    currency: str

    @property
    def is_full(self) -> bool:
        """Whether nothing that the program has fits on the card any more."""
        return self.highest < self.lowest

    @property
    def text(self) -> str:
        """The bounds in words."""
        low, high = (money_text(one, self.currency, whole=True) for one in (self.lowest, self.highest))
        return _("from %(low)s to %(high)s") % {"low": low, "high": high}

    def choices(self) -> list[tuple[str, str, str]]:
        """Round values that fit: as the form sends them, as they are read, and what is paid for them."""
        unit = 10 ** exponent(self.currency) if exponent(self.currency) else 100
        fitting = [one * unit for one in _ROUND if self.lowest <= one * unit <= self.highest]
        return [
            (str(one), money_text(one, self.currency, whole=True), money_text(one + self.fee, self.currency))
            for one in fitting
        ]


def bounds_of(held: Held) -> Bounds:
    """What this card can take."""
    program = held.card.program
    highest = program.max_value_minor
    if program.max_balance_minor is not None:
        highest = min(highest, program.max_balance_minor - held.balance.amount_minor)
    return Bounds(program.min_value_minor, highest, program.buyer_fee_minor, held.card.currency)


class TopUpForm(Strict):
    """How much is added. `page` makes the same form sent twice one order."""

    page = forms.RegexField(r"[A-Za-z0-9_-]{32}", widget=forms.HiddenInput)
    value = forms.CharField(max_length=15, error_messages={"required": gettext_lazy("Choose a value.")})

    def __init__(self, *args: Any, bounds: Bounds, **more: Any):
        super().__init__(*args, **more)
        self.bounds = bounds
        self.fields["amount"] = AmountField(
            currency=bounds.currency, label=_("How much?"), required=False, help_text=bounds.text
        )

    def clean(self) -> dict[str, Any]:
        """The value in minor units, as `value_minor`; one that is not on offer stands beside its field."""
        data = super().clean() or {}
        chosen = data.get("value", "")
        if chosen == OTHER:
            minor = data.get("amount")
            if minor is None and "amount" not in self.errors:
                self.add_error("amount", _("Write an amount %(bounds)s.") % {"bounds": self.bounds.text})
        else:
            minor = int(chosen) if chosen in {one[0] for one in self.bounds.choices()} else None
            if minor is None and chosen:
                self.add_error("value", _("Choose one of the values shown."))
        if minor is not None and not self.bounds.lowest <= minor <= self.bounds.highest:
            self.add_error("amount", _("Write an amount %(bounds)s.") % {"bounds": self.bounds.text})
        data["value_minor"] = minor
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def top_up(request: PageRequest, card_id: str) -> HttpResponse:
    """Ask how much, place the order, and go to its payment page."""
    held = held_card(request, card_id)
    bounds = bounds_of(held)
    if request.method != "POST":
        choices = bounds.choices()
        first = choices[min(1, len(choices) - 1)][0] if choices else OTHER
        form = TopUpForm(bounds=bounds, initial={"page": new_token(), "value": first})
        return _show(request, held, form)
    form = TopUpForm(request.POST, bounds=bounds)
    if not form.is_valid():
        return _show(request, held, form)
    try:
        return HttpResponseRedirect(_order(request, held, form))
    except DomainError as error:
        tell(form, error, _FIELDS)
        return _show(request, held, form)


def _order(request: PageRequest, held: Held, form: TopUpForm) -> str:
    """The address of the payment page, or of the order's own where it is paid already."""
    if not within(ORDERS_OF_A_PERSON, "top-up", str(request.user.pk)):
        raise TooManyTopUps
    person, card = request.user, held.card
    minor: int = form.cleaned_data["value_minor"]
    named = (str(person.pk), form.cleaned_data["page"], card.public_id, minor)
    placed = place_top_up(
        merchant_id=card.merchant_id,
        card_id=card.id,
        value=Money(minor, card.currency),
        buyer=Buyer(email=person.email, name=person.name[:60], user_id=person.pk),
        key="page:" + sha256(repr(named).encode()).hexdigest(),
        actor=request.actor,
        now=now(),
    )
    return placed.checkout_url or reverse("storefront:order", args=[placed.token])


def _show(request: PageRequest, held: Held, form: TopUpForm) -> HttpResponse:
    bounds = form.bounds
    fee = money_text(bounds.fee, bounds.currency) if bounds.fee else ""
    context = {"place": "cards", "held": held, "form": form, "choices": bounds.choices(), "fee_text": fee}
    return render(request, "wallet/top_up.html", {**context, "bounds": bounds})
