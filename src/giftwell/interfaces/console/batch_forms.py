"""The forms that begin a batch, and the one that names who may carry its codes away."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from giftwell.domain.bulk.limits import MOST_FILE_BYTES, MOST_ROWS
from giftwell.domain.catalog.models import Design, Program
from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.console.amounts import AmountField


class BatchForm(Strict):
    """The program and the face, which every batch has."""

    program = forms.ChoiceField()

    def __init__(
        self, *args: Any, merchant: Merchant, programs: list[Program], designs: list[Design], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.programs = {one.public_id: one for one in programs}
        self.designs = {one.public_id: one for one in designs}
        self.fields["program"] = forms.ChoiceField(
            label=_("Program"), choices=[(key, one.name) for key, one in self.programs.items()]
        )
        self.fields["design"] = forms.ChoiceField(
            label=_("Design"), required=False, choices=[(key, one.name) for key, one in self.designs.items()]
        )

    def chosen(self) -> tuple[Program, Design | None]:
        """The program and the face, as the verbs take them."""
        return self.programs[self.cleaned_data["program"]], self.designs.get(self.cleaned_data["design"])


class CountForm(BatchForm):
    """So many cards that are all alike. `key` makes a form that is sent twice begin once."""

    key = forms.RegexField(r"batch-[A-Za-z0-9_-]{32}", widget=forms.HiddenInput)

    def __init__(self, *args: Any, merchant: Merchant, **more: Any) -> None:
        super().__init__(*args, merchant=merchant, **more)
        self.fields["value"] = AmountField(currency=merchant.currency, label=_("Value of each card"))
        self.fields["count"] = forms.IntegerField(
            label=_("How many?"), min_value=1, max_value=MOST_ROWS, help_text=_("Up to a million.")
        )


class FileForm(BatchForm):
    """A file of cards."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["file"] = forms.FileField(
            label=_("File"),
            max_length=300,
            help_text=_("CSV in UTF-8 or XLSX, up to a million rows and %(size)s MB.")
            % {"size": MOST_FILE_BYTES // 1024**2},
            widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        )


class ExportForm(Strict):
    """Who may download the codes."""

    def __init__(self, *args: Any, people: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"] = forms.ChoiceField(label=_("Who may download them?"), choices=people)
