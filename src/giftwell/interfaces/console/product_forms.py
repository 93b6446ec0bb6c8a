"""The form of a product: words, values with their prices, and for a range the bounds of any other value."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from giftwell.domain.catalog.models import Product, Program
from giftwell.domain.catalog.rules import MAX_LISTED_VALUES, ProductDetails
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.console.amounts import AmountField, written

SPARE_ROWS = 3


class ProductForm(Strict):
    """A product as a merchant wants it. Rows of values that are left empty are left out."""

    name = forms.CharField(max_length=120)
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(widget=forms.RadioSelect)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, program: Program, rows: int = SPARE_ROWS, **more: Any) -> None:
        super().__init__(*args, **more)
        self.currency = program.currency
        self.fields["name"].label = _("Name")
        self.fields["description"].label = _("Description")
        self.fields["description"].help_text = _("What buyers read below the name.")
        self.fields["kind"] = forms.ChoiceField(
            label=_("What can be bought?"),
            widget=forms.RadioSelect,
            choices=[("fixed", _("The values listed here")), ("range", _("Any value in a range"))],
        )
        lowest, highest = _("Lowest value"), _("Highest value")
        self.fields["min_value"] = AmountField(currency=self.currency, required=False, label=lowest)
        self.fields["max_value"] = AmountField(currency=self.currency, required=False, label=highest)
        self.count = min(MAX_LISTED_VALUES, max(rows, self._sent_rows()))
        for at in range(self.count):
            named = {"n": at + 1, "currency": self.currency}
            value, price = _("Value %(n)s in %(currency)s") % named, _("Price %(n)s in %(currency)s") % named
            self.fields[f"value_{at}"] = AmountField(currency=self.currency, required=False, label=value)
            self.fields[f"price_{at}"] = AmountField(currency=self.currency, required=False, label=price)

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The pairs of fields, for the template."""
        return [(self[f"value_{at}"], self[f"price_{at}"]) for at in range(self.count)]

    def clean(self) -> dict[str, Any]:
        """A price without a value sells nothing; a value without a price costs what it is worth."""
        data: dict[str, Any] = super().clean() or {}
        for at in range(self.count):
            if data.get(f"price_{at}") is not None and data.get(f"value_{at}") is None:
                self.add_error(f"value_{at}", _("This price needs a value."))
        return data

    def details(self) -> ProductDetails:
        """What the verb takes."""
        data = self.cleaned_data
        pairs = [(data[f"value_{at}"], data[f"price_{at}"]) for at in range(self.count)]
        is_range = data["kind"] == Product.RANGE
        return ProductDetails(
            name=data["name"],
            kind=data["kind"],
            description=data["description"],
            values=tuple(
                (value, value if price is None else price) for value, price in pairs if value is not None
            ),
            min_value_minor=data["min_value"] if is_range else None,
            max_value_minor=data["max_value"] if is_range else None,
        )

    def _sent_rows(self) -> int:
        """As many rows as were sent, so that nothing typed is lost; too many are unknown fields."""
        numbers = [name.removeprefix("value_") for name in self.data if name.startswith("value_")]
        return max(
            (int(one) + 1 for one in numbers if one.isascii() and one.isdigit() and len(one) < 3), default=0
        )


def initial_of(product: Product) -> dict[str, Any]:
    """A product as the form shows it."""
    currency = product.program.currency
    first: dict[str, Any] = {
        "name": product.name,
        "description": product.description,
        "kind": product.kind,
        "version": product.version,
        "min_value": written(product.min_value_minor, currency),
        "max_value": written(product.max_value_minor, currency),
    }
    for at, value in enumerate(product.values.all()):
        first[f"value_{at}"] = written(value.value_minor, currency)
        first[f"price_{at}"] = written(value.price_minor, currency)
    return first


# The verb's names of fields, and where the form has them.
FIELD_OF = {"min_value_minor": "min_value", "max_value_minor": "max_value", "values": "value_0"}
