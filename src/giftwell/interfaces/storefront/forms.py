"""The forms of the storefront. The browser is told the same rules, but only these decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giftwell.domain.catalog.pricing import ValueIsNotOffered, price_of
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.templatetags.words import money_text, reader_locale
from giftwell.interfaces.storefront.shelf import Item
from giftwell.interfaces.storefront.window import Face
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError
from giftwell.kit.money import InvalidAmount, parse_amount

OTHER = "other"
NOT_AN_ADDRESS = gettext_lazy(
    "This is not a whole e-mail address: it needs a name, an @ and an ending such as .com or .ie."
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a buyer asked for. The price is not part of it: that is ours to say."""

    page: str
    design_id: UUID | None
    value_minor: int
    recipient_name: str
    recipient_email: str
    sender_name: str
    message: str
    buyer_email: str


class ProductForm(Strict):
    """One gift card for somebody."""

    page = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput, initial=new_token)
    design = forms.CharField(max_length=40, required=False)
    value = forms.CharField(max_length=15, error_messages={"required": gettext_lazy("Choose a value.")})
    amount = forms.CharField(max_length=20, required=False)
    recipient_name = forms.CharField(
        label=gettext_lazy("Who is it for?"),
        max_length=60,
        error_messages={"required": gettext_lazy("Say who it is for: their name stands on the card.")},
    )
    sender_name = forms.CharField(
        label=gettext_lazy("From"),
        max_length=60,
        error_messages={"required": gettext_lazy("Say who it is from, so that they know.")},
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Up to 300 characters. Shown when the gift is opened."),
    )
    how = forms.ChoiceField(
        choices=[
            ("mail", gettext_lazy("By e-mail to them, as soon as it is paid")),
            ("link", gettext_lazy("I give it myself: send only me the link")),
        ],
        widget=forms.RadioSelect,
        initial="mail",
    )
    recipient_email = forms.EmailField(
        label=gettext_lazy("Their e-mail"),
        max_length=254,
        required=False,
        error_messages={"invalid": NOT_AN_ADDRESS},
    )
    buyer_email = forms.EmailField(
        label=gettext_lazy("Your e-mail"),
        max_length=254,
        help_text=gettext_lazy("For the receipt, and for the link to this order."),
        error_messages={
            "invalid": NOT_AN_ADDRESS,
            "required": gettext_lazy("We need your e-mail for the receipt."),
        },
    )

    def __init__(self, data: Any = None, *, item: Item, faces: Sequence[Face]) -> None:
        super().__init__(data, initial={"value": self._first(item), "how": "mail"})
        self.item, self.faces = item, faces
        self.value_minor: int | None = None

    @staticmethod
    def _first(item: Item) -> str:
        """The second listed value is chosen at first: the lowest looks mean, the highest looks greedy."""
        listed = item.choices
        return listed[min(1, len(listed) - 1)].key if listed else OTHER

    @property
    def face(self) -> Face:
        """The design that is chosen, or the shop's first; a shop without one has a plain face."""
        wanted = self["design"].value()
        plain = Face("", self.item.row.id, "", self.item.pattern, self.item.theme)
        return next(
            (face for face in self.faces if face.public_id == wanted), self.faces[0] if self.faces else plain
        )

    @property
    def value_text(self) -> str:
        """The chosen value as the preview shows it."""
        value = self._typed_value()
        return money_text(value, self.item.currency, whole=True) if value else ""

    @property
    def pays_text(self) -> str:
        """What the chosen value costs, or nothing while none is chosen."""
        value = self._typed_value()
        try:
            total = price_of(self.item.offer, value or 0).total_minor
        except ValueIsNotOffered:
            return ""
        return money_text(total, self.item.currency)

    def _typed_value(self) -> int | None:
        chosen = str(self["value"].value() or "")
        if chosen == OTHER:
            try:
                return parse_amount(str(self["amount"].value() or ""), self.item.currency, reader_locale())
            except InvalidAmount:
                return None
        return int(chosen) if chosen.isascii() and chosen.isdigit() else None

    def clean_design(self) -> str:
        """A design of this shop; an unknown one is refused rather than replaced."""
        wanted: str = self.cleaned_data["design"]
        if wanted and wanted not in {face.public_id for face in self.faces}:
            raise forms.ValidationError(_("Choose one of the designs shown."))
        return wanted

    def clean(self) -> dict[str, Any]:
        """The value must be one that is on sale, and an address is needed to send a mail."""
        cleaned = super().clean() or self.cleaned_data
        if "value" in cleaned:
            self._check_value(cleaned["value"] == OTHER)
        if cleaned.get("how") == "link":
            # Somebody may have typed an address before choosing to hand the gift over; it must not be used.
            self.errors.pop("recipient_email", None)
            cleaned["recipient_email"] = ""
        elif not cleaned.get("recipient_email") and "recipient_email" not in self.errors:
            self.add_error(
                "recipient_email", _("Where shall we send it? You can also choose to give it yourself.")
            )
        return cleaned

    def _check_value(self, free: bool) -> None:
        field = "amount" if free and self.item.is_range else "value"
        self.value_minor = self._typed_value()
        try:
            price_of(self.item.offer, self.value_minor or 0)
        except ValueIsNotOffered:
            said = _("Choose one of the values shown.")
            if field == "amount":
                said = _("Write an amount %(bounds)s.") % {"bounds": self.item.bounds_text}
            self.add_error(field, said)

    def chosen(self) -> Chosen:
        """What was asked for, once the form is valid."""
        cleaned = self.cleaned_data
        face = self.face
        return Chosen(
            page=cleaned["page"] or new_token(),
            design_id=face.id if face.public_id else None,
            value_minor=self.value_minor or 0,
            recipient_name=cleaned["recipient_name"],
            recipient_email=cleaned["recipient_email"],
            sender_name=cleaned["sender_name"],
            message=cleaned["message"],
            buyer_email=cleaned["buyer_email"],
        )

    def refuse(self, error: DomainError) -> None:
        """Show what a verb refused, beside the field it names or above the form."""
        for name, said in (error.errors or {}).items():
            last = name.rsplit(".", 1)[-1]  # an order of several cards would say lines.0.message
            known = {"value_minor": "value", "design_id": "design"}.get(last, last)
            self.add_error(known if known in self.fields else None, said)
        if not error.errors:
            self.add_error(None, error.detail)


class BalanceForm(Strict):
    """A code to look up."""

    code = forms.CharField(
        label=gettext_lazy("Code of the card"),
        max_length=60,
        error_messages={"required": gettext_lazy("Type the code that stands under the card.")},
    )
