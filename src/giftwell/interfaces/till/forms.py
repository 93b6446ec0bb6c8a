"""The till's forms. Their fields are few and their words are the pages' own; what they add is refusing
anything else.
"""

from typing import Any

from django import forms
from django.http import QueryDict

from giftwell.interfaces.common.forms import Strict


class CodeForm(Strict):
    """A code as it was scanned, typed or pasted. Long enough for a gift's link, which is answered in
    words.
    """

    code = forms.CharField(max_length=400)


class AmountForm(Strict):
    """One amount and the key of the page it was entered on; `amount` is for browsers without script."""

    key = forms.CharField(max_length=80, required=False)
    amount_minor = forms.CharField(max_length=20, required=False)
    amount = forms.CharField(max_length=40, required=False)


class TakeForm(AmountForm):
    """What is to be taken from a card. `part` allows less, `then` leads on: to a tip, or to setting aside."""

    part = forms.BooleanField(required=False)
    then = forms.ChoiceField(choices=[("tip", "tip"), ("hold", "hold")], required=False)


class TipForm(AmountForm):
    """A tip on a bill; the amount is the tip's. `without` takes the bill alone."""

    bill_minor = forms.CharField(max_length=20, required=False)
    without = forms.BooleanField(required=False)


class HoldForm(AmountForm):
    """An amount to set aside, and for how long."""

    hours = forms.ChoiceField(choices=[(str(hours), hours) for hours in (2, 24, 72, 168)])


class CaptureForm(AmountForm):
    """What to take of what was set aside, a tip on top, and whether the rest stays."""

    tip = forms.CharField(max_length=40, required=False)
    keep = forms.BooleanField(required=False)


class GiveForm(AmountForm):
    """An amount that comes from no redemption, and why."""

    reason = forms.CharField(max_length=120, required=False)


class KeyForm(Strict):
    """The key of the page alone."""

    key = forms.CharField(max_length=80, required=False)


class PlaceForm(Strict):
    """The place where this till stands."""

    location = forms.CharField(max_length=40)


def fields_of(form: type[Strict], sent: QueryDict) -> dict[str, Any]:
    """What a form sent, without what does not fit its fields: that counts as left out."""
    filled = form(sent)
    filled.is_valid()
    return dict.fromkeys(filled.fields, "") | filled.cleaned_data
