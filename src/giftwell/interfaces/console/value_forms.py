"""The forms of acts that move value. A card to move to is named by its code, its id, or its last four."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, Status
from giftwell.domain.cards.queries import find_card_by_code
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.console.amounts import AmountField
from giftwell.kit.ids import UnknownId, parse_id

PARTS = 6


class ActForm(Strict):
    """What every act carries: the key that makes it happen once, and whether the person has confirmed it."""

    asked: tuple[str, ...] = ()

    key = forms.RegexField(r"[a-z]{4,12}-[A-Za-z0-9_-]{32}", widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, card: Card, **more: Any):
        super().__init__(*args, **more)
        self.card = card

    def carried_text(self, name: str) -> str:
        """What the confirming page carries on of a field: as it was written, but never a code."""
        value = self.cleaned_data.get(name)
        return value.public_id if isinstance(value, Card) else str(self.data[name])


class LoadForm(ActForm):
    """How much is added."""

    asked = ("amount",)

    def __init__(self, *args: Any, card: Card, **more: Any):
        super().__init__(*args, card=card, **more)
        self.fields["amount"] = AmountField(currency=card.currency, label=_("How much?"))


class MergeForm(ActForm):
    """Which card it goes to."""

    asked: tuple[str, ...] = ("target",)

    def __init__(self, *args: Any, card: Card, **more: Any):
        super().__init__(*args, card=card, **more)
        self.fields["target"] = forms.CharField(
            label=_("To which card?"),
            max_length=80,
            help_text=_("Its code, its last four, or its id."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        )

    def clean_target(self) -> Card:
        """The card that is meant, of this merchant. Raises a form error that does not tell codes apart."""
        found = _named_card(self.card, self.cleaned_data["target"])
        if found.id == self.card.id:
            raise forms.ValidationError(_("That is this card itself."))
        return found


class TransferForm(MergeForm):
    """Which card it goes to, and how much."""

    asked = ("target", "amount")

    def __init__(self, *args: Any, card: Card, **more: Any):
        super().__init__(*args, card=card, **more)
        self.fields["amount"] = AmountField(currency=card.currency, label=_("How much?"))


class SplitForm(ActForm):
    """The amounts of the new cards; what is left empty makes none."""

    asked = tuple(f"amount_{place}" for place in range(1, PARTS + 1))

    def __init__(self, *args: Any, card: Card, **more: Any):
        super().__init__(*args, card=card, **more)
        for place, name in enumerate(self.asked, start=1):
            label = _("Card %(n)s") % {"n": place}
            self.fields[name] = AmountField(currency=card.currency, label=label, required=place == 1)

    def clean(self) -> dict[str, Any]:
        """Gather the amounts that were written, as `amounts`."""
        data = super().clean() or {}
        data["amounts"] = [data[name] for name in self.asked if data.get(name) is not None]
        return data


def _named_card(beside: Card, text: str) -> Card:
    """The card that the text names at the merchant of `beside`; by its last four only where they name one."""
    wanted = text.strip()
    with reading():
        mine = Card.objects.filter(merchant_id=beside.merchant_id)
        if wanted.startswith(f"{Card.PREFIX}_"):
            found = list(mine.filter(id=_id_of(wanted)))
        elif len(wanted) == 4:
            live = mine.filter(last4=wanted.upper()).exclude(status=Status.CLOSED).exclude(id=beside.id)
            found = list(live[:2])
        else:
            found = _by_code(beside, wanted)
    if len(found) > 1:
        raise forms.ValidationError(_("Several cards end like that. Write the code, or the id of its page."))
    if not found:
        raise forms.ValidationError(_("There is no such card here. Look at each sign again."))
    return found[0]


def _by_code(beside: Card, text: str) -> list[Card]:
    try:
        return [find_card_by_code(beside.merchant_id, text)]
    except CardNotFound:
        return []


def _id_of(text: str) -> Any:
    try:
        return parse_id(Card.PREFIX, text)
    except UnknownId:
        return None
