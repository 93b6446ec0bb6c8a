"""The forms of what corrects a card, and of what brings an expired one back."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.interfaces.console.amounts import AmountField
from giftwell.interfaces.console.value_forms import ActForm


class AdjustForm(ActForm):
    """Up or down, by how much, and why."""

    asked = ("direction", "amount", "reason")

    def __init__(self, *args: Any, card: Card, **more: Any):
        super().__init__(*args, card=card, **more)
        self.fields["direction"] = forms.ChoiceField(
            label=_("Which way?"),
            widget=forms.RadioSelect,
            initial="up",
            choices=[("up", _("Put value on the card")), ("down", _("Take value off the card"))],
        )
        self.fields["amount"] = AmountField(currency=card.currency, label=_("How much?"))
        self.fields["reason"] = forms.CharField(
            label=_("Why?"),
            max_length=200,
            help_text=_("Kept with the adjustment, for whoever approves it and for the audit. Never a code."),
        )

    @property
    def change_minor(self) -> int:
        """What is added to the card, below zero taken off."""
        amount: int = self.cleaned_data["amount"]
        return amount if self.cleaned_data["direction"] == "up" else -amount


class ReinstateForm(ActForm):
    """Until when the card is valid again."""

    asked = ("last_day",)

    def __init__(self, *args: Any, card: Card, **more: Any):
        super().__init__(*args, card=card, **more)
        self.fields["last_day"] = forms.DateField(
            label=_("Last day"),
            required=False,
            help_text=_("Left empty, it is valid for as long as a card that begins today."),
            widget=forms.DateInput(attrs={"type": "date"}),
        )

    @property
    def last_day(self) -> date | None:
        """The day that was chosen, if one was."""
        chosen: date | None = self.cleaned_data["last_day"]
        return chosen
