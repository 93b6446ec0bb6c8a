"""A form's field for an amount, as people write it in their language, in a currency that the form knows."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from giftwell.interfaces.common.templatetags.words import reader_locale
from giftwell.kit.money import InvalidAmount, Money, format_plain, parse_amount


class AmountField(forms.CharField):
    """Text in, minor units out; an empty field that is not required gives None."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(max_length=40, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        """The minor units, or None."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_amount(text, self.currency, reader_locale())
        except InvalidAmount as error:
            message = _("Write an amount in %(currency)s, such as %(sample)s.")
            sample = format_plain(Money(2500, self.currency))
            raise forms.ValidationError(message % {"currency": self.currency, "sample": sample}) from error
