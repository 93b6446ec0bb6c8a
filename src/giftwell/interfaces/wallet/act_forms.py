"""The forms by which a holder moves value: to a card of their own, or to one whose code they have.

A code that was typed is looked up once. The confirming page carries the card it belongs to, signed for this
person, so that neither the code nor the bare id of a stranger's card travels in a form.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.utils.translation import gettext as _

from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import balance_of, find_card_by_code
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.amounts import AmountField
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.limiting import per_minute, within
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.wallet.held import Held
from giftwell.kit.money import format_plain

PARTS = 6
CODES_OF_A_PERSON = per_minute(20)
BY_CODE = "code"
_SALT = "wallet.shown"
_AN_HOUR = 3600


class ActForm(Strict):
    """What every act carries: the key that makes it happen once, and whether the person has confirmed it."""

    asked: tuple[str, ...] = ()

    key = forms.RegexField(r"[A-Za-z0-9_-]{32}", widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, held: Held, others: Sequence[Card], person_id: UUID, **more: Any):
        super().__init__(*args, **more)
        self.held, self.others, self.person_id = held, others, person_id

    @property
    def target(self) -> Card:
        """The card that value goes to, once the form is valid."""
        found: Card = self.cleaned_data["found"]
        return found

    @property
    def is_own(self) -> bool:
        """Whether that card is in this person's wallet too."""
        return any(card.pk == self.target.pk for card in self.others)

    def carried_on(self) -> list[tuple[str, str]]:
        """What the confirming page carries on, field by field."""
        return [(name, str(self.data[name])) for name in self.asked if self.data.get(name)]


class MergeForm(ActForm):
    """Which of this person's own cards it goes to."""

    asked = ("target",)

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fields["target"] = forms.ChoiceField(
            label=_("To which card?"),
            choices=[(card.public_id, _named(card)) for card in self.others],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose a card.")},
        )

    def clean(self) -> dict[str, Any]:
        """Find the card that was chosen, as `found`."""
        data = super().clean() or {}
        data["found"] = next((card for card in self.others if card.public_id == data.get("target")), None)
        return data


class MoveForm(ActForm):
    """Which card it goes to, its own or by code, and how much."""

    asked = ("target", "code", "amount")

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fields["target"] = forms.CharField(
            label=_("To which card?"),
            max_length=400,
            widget=forms.RadioSelect(choices=[*self._choices(), (BY_CODE, _("Another card, by its code"))]),
            initial=self.others[0].public_id if self.others else BY_CODE,
            error_messages={"required": _("Choose a card.")},
        )
        self.fields["code"] = forms.CharField(
            label=_("Code of the other card"),
            max_length=60,
            required=False,
            help_text=_("Ask whoever has it. It must be a card of the same shop."),
        )
        self.fields["amount"] = AmountField(
            currency=self.held.card.currency,
            label=_("How much?"),
            initial=format_plain(self.held.available),
            help_text=_("All that can be moved stands here; write less to keep the rest."),
        )

    def carried_on(self) -> list[tuple[str, str]]:
        """The card by a word that only this person can use, never its code."""
        target = self.target.public_id if self.is_own else _signed(self.target, self.person_id)
        return [("target", target), ("amount", str(self.data["amount"]))]

    def clean(self) -> dict[str, Any]:
        """Find the card that is meant, as `found`. What is no card of this shop has one answer."""
        data = super().clean() or {}
        named = data.get("target", "")
        data["found"] = next((card for card in self.others if card.public_id == named), None)
        if data["found"] is None and named:
            data["found"] = self._by_code(data) if named == BY_CODE else self._shown(named)
        if data["found"] is not None and data["found"].pk == self.held.card.pk:
            self.add_error("code", _("That is this card itself."))
        return data

    def _choices(self) -> list[tuple[str, str]]:
        return [(card.public_id, _named(card)) for card in self.others]

    def _by_code(self, data: dict[str, Any]) -> Card | None:
        if not data.get("code"):
            self.add_error("code", _("Write the code of the card that it goes to."))
            return None
        if not within(CODES_OF_A_PERSON, "wallet-code", str(self.person_id)):
            self.add_error("code", _("Many codes were tried within a minute. Try again in a minute."))
            return None
        merchant_id = self.held.card.merchant_id
        with scope.merchant(merchant_id), reading():
            try:
                return find_card_by_code(merchant_id, data["code"])
            except CardNotFound:
                shop = {"shop": self.held.card.merchant.name}
                self.add_error(
                    "code", _("No card of %(shop)s has this code. Look at each sign again.") % shop
                )
        return None

    def _shown(self, text: str) -> Card | None:
        merchant_id = self.held.card.merchant_id
        try:
            card_id, person = signing.loads(text, salt=_SALT, max_age=_AN_HOUR)
        except signing.BadSignature:
            card_id, person = None, ""
        if person != str(self.person_id):
            self.add_error(None, _("Choose the card again, or write its code."))
            return None
        with scope.merchant(merchant_id), reading():
            return Card.objects.filter(merchant_id=merchant_id, pk=card_id).first()


class SplitForm(ActForm):
    """The amounts of the new cards; what is left empty makes none."""

    asked = tuple(f"amount_{place}" for place in range(1, PARTS + 1))

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        for place, name in enumerate(self.asked, start=1):
            label = _("Card %(n)s") % {"n": place}
            self.fields[name] = AmountField(
                currency=self.held.card.currency, label=label, required=place == 1
            )

    def clean(self) -> dict[str, Any]:
        """Gather the amounts that were written, as `amounts`."""
        data = super().clean() or {}
        data["amounts"] = [data[name] for name in self.asked if data.get(name) is not None]
        return data


def _named(card: Card) -> str:
    return _("Card %(last4)s, %(amount)s on it") % {
        "last4": card.last4,
        "amount": money_text(balance_of(card)),
    }


def _signed(card: Card, person_id: UUID) -> str:
    return signing.dumps([str(card.pk), str(person_id)], salt=_SALT)
