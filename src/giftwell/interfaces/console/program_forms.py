"""The form of a program: the rules that its merchant decides, within the law and the platform's terms."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from giftwell.domain.catalog.models import Funding, Program
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.console.amounts import AmountField, written

FIELD_OF = {
    "min_value_minor": "min_value",
    "max_value_minor": "max_value",
    "max_balance_minor": "max_balance",
    "max_spend_per_day_minor": "max_spend_per_day",
    "max_issue_per_day_minor": "max_issue_per_day",
}
CAPS = ("max_balance", "max_spend_per_day", "max_issue_per_day")


class ProgramForm(Strict):
    """The rules of a program that exists, or is to be. Currency and funding never change."""

    name = forms.CharField(max_length=80)
    validity_days = forms.IntegerField(required=False, min_value=1, max_value=36_500)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("For you and your team; holders never see it.")
        days = self.fields["validity_days"]
        days.label, days.help_text = _("Valid for how many days?"), _("Left empty, for ever.")
        for name, label, help_text in (
            ("min_value", _("Lowest value"), ""),
            ("max_value", _("Highest value"), ""),
            ("max_balance", _("Most on one card"), _("Loads and corrections stop there.")),
            ("max_spend_per_day", _("Most spent from one card in a day"), _("A day of your time zone.")),
            ("max_issue_per_day", _("Most issued in a day"), _("Of what you give away or sell yourself.")),
        ):
            self.fields[name] = AmountField(
                currency=currency, required=name not in CAPS, label=label, help_text=help_text
            )

    def rules(self) -> dict[str, Any]:
        """What the verbs take."""
        data = self.cleaned_data
        amounts = {field: data[name] for field, name in FIELD_OF.items()}
        return {"name": data["name"], "validity_days": data["validity_days"], **amounts}


class NewProgramForm(ProgramForm):
    """A program to be: also who owes the value."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["funding"] = forms.ChoiceField(
            label=_("Who owes the value?"),
            widget=forms.RadioSelect,
            initial=Funding.ESCROW,
            choices=[
                (Funding.ESCROW, _("Giftwell keeps the buyer's money until the card is spent")),
                (Funding.DIRECT, _("You: the money is yours when the card is sold")),
                (Funding.PROMO, _("You: the cards are given away")),
            ],
        )


def initial_of(program: Program) -> dict[str, Any]:
    """A program's rules as the form shows them."""
    amounts = {name: written(getattr(program, field), program.currency) for field, name in FIELD_OF.items()}
    return {
        "name": program.name,
        "validity_days": program.validity_days,
        "version": program.version,
        **amounts,
    }
