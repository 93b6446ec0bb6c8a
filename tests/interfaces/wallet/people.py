"""Somebody with cards in a wallet, and a browser that is signed in as them."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from giftwell.domain.cards.keep_card import keep_card
from giftwell.domain.cards.models import Card
from giftwell.foundation.identity.models import User
from giftwell.kit.clock import now
from tests.factories.identity import TESTS

_HIDDEN = re.compile(r'name="(key|target|amount|amount_\d|confirmed|page)"[^>]*?value="([^"]*)"')
_ERRORS = re.compile(r'class="(?:error|notice bad)"[^>]*>.*?</(?:p|div)>', re.DOTALL)


@dataclass
class Holder:
    """A person at their wallet."""

    person: User
    browser: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.browser.force_login(self.person)

    def at(self, card: Card, path: str = "") -> str:
        """The address of a card's page in the wallet."""
        return f"/wallet/cards/{card.public_id}/{path}"

    def page(self, card: Card, path: str = "") -> str:
        """The text of such a page."""
        answer = self.browser.get(self.at(card, path))
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())

    def ask(self, card: Card, path: str, **asked: str) -> HttpResponse:
        """Send the form of an act with what it carried."""
        carried = dict(_HIDDEN.findall(self.page(card, path)))
        name = "page" if path == "top-up/" else "key"
        return self.browser.post(self.at(card, path), {name: carried[name], **asked})

    def said(self, card: Card, path: str, **asked: str) -> tuple[str, dict[str, str]]:
        """Ask, and give back the confirming page with what it would send."""
        page = self.page(card, path) if path == "lost/" else self.ask(card, path, **asked).content.decode()
        sent = dict(_HIDDEN.findall(page))
        assert sent.get("confirmed") == "on", _ERRORS.findall(page)
        return page, sent

    def do(self, card: Card, path: str, **asked: str) -> str:
        """Ask, confirm, and give back the page that it leads to."""
        _, sent = self.said(card, path, **asked)
        return str(self.browser.post(self.at(card, path), sent, follow=True).content.decode())

    def send(self, card: Card, path: str, fields: dict[str, Any]) -> HttpResponse:
        """Send fields as they are."""
        return self.browser.post(self.at(card, path), fields)


def kept(card: Card, holder: Holder) -> Card:
    """The card, in this person's wallet."""
    return keep_card(
        merchant_id=card.merchant_id, card_id=card.id, holder_id=holder.person.pk, actor=TESTS, now=now()
    )
