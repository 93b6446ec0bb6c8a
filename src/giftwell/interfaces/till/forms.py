"""The till's forms. Their fields are few and their words are the pages' own; what they add is refusing
anything else.
"""

from django import forms

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


class PlaceForm(Strict):
    """The place where this till stands."""

    location = forms.CharField(max_length=40)
