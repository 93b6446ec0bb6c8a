"""A person's own cards and orders: all of theirs, with what the books say, and nothing of anybody else's."""

import re

import pytest
from django.test import Client

from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.delivery.links import gift_token
from giftwell.domain.orders.place_order import Buyer, place_order
from giftwell.kit.clock import now
from tests.factories.delivery import make_gift
from tests.factories.identity import TESTS, make_person
from tests.factories.orders import make_shop

pytestmark = pytest.mark.django_db(transaction=False)


def _as(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _keep(client, gift, **more):
    token = gift_token(gift.id, gift.token_version)
    return client.post("/wallet/keep/", {"gift": token, **more})


@pytest.fixture
def maja():
    return make_person(email="maja@example.com")


def test_an_empty_wallet_says_how_it_fills(maja):
    client = _as(maja)
    for where in ("/wallet/", "/wallet/orders/"):
        assert b'class="empty"' in client.get(where).content


def test_a_gift_is_kept_by_its_secret_and_shown_with_its_balance(maja):
    gift = make_gift(make_shop())
    client = _as(maja)
    assert _keep(client, gift).url == "/wallet/"
    page = client.get("/wallet/").content.decode()
    assert "€50.00" in page
    (card,) = re.findall(r'href="(/wallet/cards/card_[a-z0-9]+/)"', page)
    assert gift_token(gift.id, gift.token_version) in client.get(card).content.decode()


def test_cards_of_several_shops_stand_side_by_side_each_with_its_own_balance(maja):
    client = _as(maja)
    for currency in ("EUR", "GBP"):
        _keep(client, make_gift(make_shop(currency=currency)))
    page = client.get("/wallet/").content.decode()
    assert "€50.00" in page
    assert "£50.00" in page


def test_a_kept_card_is_nobody_elses(maja):
    gift = make_gift(make_shop())
    other = _as(make_person())
    _keep(_as(maja), gift)
    answer = _keep(other, gift)
    assert answer.status_code == 409
    assert b'class="empty"' in other.get("/wallet/").content
    assert _keep(_as(maja), gift).status_code == 302, "keeping it again changes nothing"


@pytest.mark.parametrize("token", ["", "x", "a" * 32, "a" * 200, "\x00"])
def test_a_made_up_secret_keeps_nothing(maja, token):
    make_gift(make_shop())
    client = _as(maja)
    assert client.post("/wallet/keep/", {"gift": token}).status_code in {302, 404}
    assert b'class="empty"' in client.get("/wallet/").content


def test_a_gift_is_not_kept_for_somebody_else(maja):
    gift = make_gift(make_shop())
    assert _keep(_as(maja), gift, holder_id=str(make_person().pk)).status_code == 422


def test_a_stranger_is_asked_to_sign_in_before_keeping():
    gift = make_gift(make_shop())
    answer = _keep(Client(), gift)
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/wallet/keep/")
    assert _as(make_person()).get("/wallet/keep/").url == "/wallet/"


def test_a_frozen_card_says_so(maja):
    gift = make_gift(make_shop())
    client = _as(maja)
    _keep(client, gift)
    freeze_card(merchant_id=gift.merchant_id, card_id=gift.card_id, reason="merchant", actor=TESTS, now=now())
    assert b"Frozen" in client.get("/wallet/").content


def test_orders_placed_while_signed_in_are_listed_and_no_others(maja):
    shop = make_shop()
    numbers = []
    for buyer in (maja, make_person(), None):
        placed = place_order(
            merchant_id=shop.id,
            wishes=[shop.wish(recipient_name="Tomas", recipient_email="tomas@example.com")],
            buyer=Buyer(email="maja@example.com", name="Maja", user_id=buyer.pk if buyer else None),
            key="",
            actor=TESTS,
            now=now(),
        )
        numbers.append(placed.order.number)
    page = _as(maja).get("/wallet/orders/").content.decode()
    assert [number in page for number in numbers] == [True, False, False]


def test_a_broken_cursor_is_refused_with_a_page(maja):
    for where in ("/wallet/", "/wallet/orders/"):
        assert _as(maja).get(where, {"cursor": "made up"}).status_code == 422


def test_the_gift_page_offers_the_wallet_to_who_is_signed_in_only(maja):
    gift = make_gift(make_shop())
    path = f"/gift/{gift_token(gift.id, gift.token_version)}/"
    assert b"/wallet/keep/" in _as(maja).post(path).content
    assert b"/wallet/keep/" not in Client().post(path).content
    assert b"/wallet/keep/" not in _as(maja).get(path).content
