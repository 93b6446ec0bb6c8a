"""A shop with one promo card of 50.00, and a browser in which its cashier is signed in."""

from dataclasses import dataclass

import pytest
from django.test import Client

from giftwell.domain.cards.models import Card
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit import codes
from tests.factories.cards import code_of, make_promo_card
from tests.factories.catalog import make_shop
from tests.factories.identity import make_member


@dataclass(frozen=True, slots=True)
class Till:
    """What a test at a till has at hand."""

    merchant: Merchant
    cashier: User
    card: Card
    code: str
    browser: Client

    @property
    def home(self) -> str:
        """The first screen's address."""
        return f"/till/{self.merchant.slug}/"

    @property
    def keypad(self) -> str:
        """The card's keypad."""
        return f"{self.home}cards/{self.card.public_id}/"

    def scan(self, code: str = "") -> None:
        """Put the card on the counter."""
        self.browser.post(self.home, {"code": codes.display(code or self.code)})

    def key(self) -> str:
        """The key of a fresh keypad page."""
        return str(self.browser.get(self.keypad).context["key"])

    def redeem(self, amount_minor: int, *, key: str = "") -> str:
        """Scan, enter an amount, and answer with the address of the outcome."""
        self.scan()
        answer = self.browser.post(self.keypad, {"key": key or self.key(), "amount_minor": amount_minor})
        return str(answer.headers.get("Location", ""))


@pytest.fixture
def till(db: None) -> Till:
    """A till at the only place of a shop."""
    merchant = make_shop()
    cashier = make_member(merchant, "cashier")
    card = make_promo_card(merchant, 5000)
    browser = Client()
    browser.force_login(cashier)
    return Till(merchant, cashier, card, code_of(card), browser)
