"""Goodwill takes two of the platform's people, comes on cards whose money it keeps, and is nobody else's."""

import re
from uuid import UUID

import pytest
from django.test import Client

from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id, public_id
from tests.domain.books import credit_of
from tests.factories.cards import balance_minor, make_promo_card, make_sold_card
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_member

pytestmark = pytest.mark.django_db

HOME = "/backoffice/goodwill/"


def admin(name: str) -> Client:
    client = Client()
    address = f"{name.lower()}@example.com"
    client.force_login(create_admin(email=address, name=name, password=None, actor=TESTS, now=now()))
    return client


@pytest.fixture
def ada(db: None) -> Client:
    return admin("Ada")


@pytest.fixture
def card(db: None) -> Card:
    return make_sold_card(make_shop())


def ask(desk: Client, card: Card, amount: str = "5.00", reason: str = "We were down for an hour") -> str:
    path = f"{HOME}new/?card={card.public_id}"
    key = re.findall(r'name="key" value="([^"]+)"', desk.get(path).content.decode())[0]
    return desk.post(path, {"key": key, "amount": amount, "reason": reason}, follow=True).content.decode()


def one() -> Adjustment:
    with scope.platform(), reading():
        return Adjustment.objects.get()


def test_one_asks_and_another_gives(ada: Client, card: Card) -> None:
    assert "No goodwill yet" in ada.get(HOME).content.decode()
    page = ask(ada, card)
    assert "nothing is given until a colleague approves it" in page
    assert "A colleague has to approve it." in page
    path = f"{HOME}{one().public_id}/"
    refused = ada.post(path + "approve/", follow=True).content.decode()
    assert "Somebody else has to approve it" in refused
    assert balance_minor(card) == 5000

    grace = admin("Grace")
    assert f"{path}" in grace.get(HOME + "?show=open").content.decode()
    given = grace.post(path + "approve/", follow=True).content.decode()
    assert "Given: €5.00 is on the card." in given
    assert (balance_minor(card), credit_of("goodwill")) == (5500, -500)
    assert "Nothing waits for a decision" in grace.get(HOME + "?show=open").content.decode()
    assert "decided on already" in grace.post(path + "decline/", follow=True).content.decode()
    assert verify() == []


def test_a_declined_one_gives_nothing(ada: Client, card: Card) -> None:
    ask(ada, card)
    path = f"{HOME}{one().public_id}/"
    assert "Take it back" in ada.get(path).content.decode()
    assert "Nothing was given." in ada.post(path + "decline/", follow=True).content.decode()
    assert balance_minor(card) == 5000


@pytest.mark.parametrize(
    ("amount", "reason", "words"),
    [
        ("", "Sorry about that", "This field is required"),
        ("-5", "Sorry about that", "Write an amount"),
        ("0", "Sorry about that", "must not be zero"),
        ("5", "x", "Say why"),
        ("5", "4111 1111 1111 1111", "without the code"),
    ],
)
def test_a_refusal_stands_on_the_form(ada: Client, card: Card, amount: str, reason: str, words: str) -> None:
    assert words in ask(ada, card, amount, reason)


def test_a_card_that_the_merchant_owes_is_the_merchants_to_give_on(ada: Client) -> None:
    assert "The platform gives goodwill on cards whose money it keeps" in ask(
        ada, make_promo_card(make_shop())
    )


@pytest.mark.parametrize("named", ["nonsense", "7K4M-QX2P-9R8S", public_id("card", UUID(int=7))])
def test_a_card_that_is_not_there_is_said(ada: Client, named: str) -> None:
    answer = ada.get(f"{HOME}new/?card={named}")
    assert answer.status_code == 404
    assert "There is no such card" in answer.content.decode()
    assert ada.post(f"{HOME}new/?card={named}", {"amount": "5"}).status_code == 404
    assert ada.get(f"{HOME}{public_id('adj', new_id())}/").status_code == 404


def test_it_is_nobodys_but_the_platforms(card: Card) -> None:
    owner = Client()
    owner.force_login(make_member(card.merchant, "owner"))
    for path in (HOME, f"{HOME}new/", f"{HOME}{public_id('adj', new_id())}/"):
        assert owner.get(path).status_code == 404
        assert Client().get(path).status_code == 302


def test_the_merchant_sees_it_and_cannot_decide(ada: Client, card: Card) -> None:
    ask(ada, card)
    owner = Client()
    owner.force_login(make_member(card.merchant, "owner"))
    path = f"/console/{card.merchant.slug}/adjustments/{one().public_id}/"
    page = owner.get(path).content.decode()
    assert "its own people decide" in page
    assert f"{path}approve/" not in page
    assert owner.post(path + "approve/").status_code == 404
    assert balance_minor(card) == 5000
