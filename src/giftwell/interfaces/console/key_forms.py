"""The forms of keys: what one may do, from where and how often, and how long its predecessor works on."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giftwell.foundation.identity.create_api_key import MOST_A_MINUTE
from giftwell.interfaces.common.access import SCOPES
from giftwell.interfaces.common.forms import Strict

_DAYS = [("", gettext_lazy("Never")), ("30", gettext_lazy("In 30 days")), ("90", gettext_lazy("In 90 days")),
         ("365", gettext_lazy("In a year"))]  # fmt: skip
_OVERLAPS = [
    ("0", gettext_lazy("Not at all: it ends now")), ("1", gettext_lazy("An hour")),
    ("24", gettext_lazy("A day")), ("168", gettext_lazy("A week")), ("720", gettext_lazy("30 days")),
]  # fmt: skip


class BoundsForm(Strict):
    """A name, and the bounds of a key."""

    name = forms.CharField(max_length=80)
    networks = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    requests_a_minute = forms.IntegerField(required=False, min_value=1, max_value=MOST_A_MINUTE)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("Such as the system that will use it.")
        self.fields["networks"].label = _("Only from these networks")
        self.fields["networks"].help_text = _(
            "One a line, such as 203.0.113.0/24. Empty means from everywhere."
        )
        self.fields["requests_a_minute"].label = _("At most so many requests a minute")
        self.fields["requests_a_minute"].help_text = _("Empty means no limit of its own.")

    def clean_networks(self) -> list[str]:
        """The lines that say something."""
        return [line.strip() for line in self.cleaned_data["networks"].splitlines() if line.strip()]


class KeyForm(BoundsForm):
    """A new key."""

    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    ends_in_days = forms.ChoiceField(required=False, choices=_DAYS)
    field_order = ("name", "scopes", "ends_in_days", "networks", "requests_a_minute")

    def __init__(self, *args: Any, allowed: Iterable[str], **more: Any) -> None:
        super().__init__(*args, **more)
        held = set(allowed)
        choices = [(str(name), f"{name}: {words}") for name, words in SCOPES.items() if name in held]
        self.fields["scopes"] = forms.MultipleChoiceField(
            label=_("It may"), widget=forms.CheckboxSelectMultiple, choices=choices
        )
        self.fields["ends_in_days"].label = _("It ends")


class RotateForm(Strict):
    """How long the old key works beside its successor, and when that one ends."""

    overlap_hours = forms.ChoiceField(choices=_OVERLAPS, initial="24")
    ends_in_days = forms.ChoiceField(required=False, choices=_DAYS)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["overlap_hours"].label = _("The old key works on for")
        self.fields["ends_in_days"].label = _("The new key ends")
