"""What an admin says when they act on somebody's account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from giftwell.interfaces.common.forms import Strict


class ReasonForm(Strict):
    """Why; the audit keeps it."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class DaysForm(Strict):
    """How many days somebody is given."""

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=30, initial=3)


class DoForm(Strict):
    """Nothing to fill in; being sent is all."""
