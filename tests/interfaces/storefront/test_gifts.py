"""The gift page: a parcel for whoever looks, the code for whoever opens."""

import re

import pytest

from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import FreezeReason
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.delivery.links import gift_token
from giftwell.domain.delivery.models import Gift
from giftwell.domain.orders.refund_order_card import refund_order_card
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from tests.factories.delivery import fresh_gift, make_gift
from tests.factories.identity import TESTS
from tests.factories.orders import make_shop

pytestmark = pytest.mark.django_db


def address(gift: Gift) -> str:
    """The gift's page."""
    return f"/gift/{gift_token(gift.id, gift.token_version)}/"


def code_of(gift: Gift) -> str:
    """The plain code of the gift's card."""
    return reveal_code(merchant_id=gift.merchant_id, card_id=gift.card_id, actor=TESTS, now=now())


def events_of(gift: Gift) -> list[str]:
    """What has happened at the merchant."""
    with scope.merchant(gift.merchant_id), reading():
        return list(Event.objects.order_by("at").values_list("type", flat=True))


def test_looking_at_a_gift_shows_a_parcel_and_no_secret(client):
    gift = make_gift(make_shop(), message="With love")
    code = code_of(gift)
    html = client.get(address(gift)).content.decode()
    assert "Maja, this is for you" in html
    assert "From Tomas" in html
    for secret in (code, display(code), code[-4:], "With love", "€50"):
        assert secret not in html


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_a_gift_changes_nothing(client, method):
    gift = make_gift(make_shop())
    before = events_of(gift)
    for _ in range(3):
        getattr(client, method)(address(gift))
    assert fresh_gift(gift).opened_at is None
    assert events_of(gift) == before


def test_opening_a_gift_shows_its_value_its_words_and_its_code(client):
    gift = make_gift(make_shop(), message="With love")
    html = client.post(address(gift)).content.decode()
    for word in ("€50 to spend", "With love", "Tomas", display(code_of(gift)), "<svg viewBox"):
        assert word in html
    assert fresh_gift(gift).opened_at is not None


def without_nonces(answer):
    return re.sub(r'nonce="[^"]+"', "", answer.content.decode())


def test_a_gift_is_opened_once_and_its_code_is_shown_whenever_it_is_asked_for(client):
    gift = make_gift(make_shop())
    first = without_nonces(client.post(address(gift)))
    opened_at = fresh_gift(gift).opened_at
    assert without_nonces(client.post(address(gift))) == first
    assert fresh_gift(gift).opened_at == opened_at
    assert events_of(gift).count("gift.opened") == 1


def test_a_gift_that_was_opened_shows_no_code_to_whoever_only_looks(client):
    gift = make_gift(make_shop())
    client.post(address(gift))
    assert display(code_of(gift)) not in client.get(address(gift)).content.decode()


def test_a_frozen_card_shows_no_code_and_says_why(client):
    gift = make_gift(make_shop())
    code = code_of(gift)
    freeze_card(
        merchant_id=gift.merchant_id,
        card_id=gift.card_id,
        reason=FreezeReason.MERCHANT,
        actor=TESTS,
        now=now(),
    )
    html = client.post(address(gift)).content.decode()
    assert "frozen" in html
    assert display(code) not in html


def test_a_refunded_card_shows_no_code_and_says_why(client):
    gift = make_gift(make_shop())
    code = code_of(gift)
    refund_order_card(
        merchant_id=gift.merchant_id, line_id=gift.order_line_id, key="back", actor=TESTS, now=now()
    )
    html = client.post(address(gift)).content.decode()
    assert "cannot be spent" in html
    assert display(code) not in html


def test_words_of_a_giver_are_never_markup(client):
    gift = make_gift(make_shop(), message="<script>alert(1)</script>")
    assert b"<script>alert" not in client.post(address(gift)).content


def test_the_address_of_a_gift_leaks_by_no_referrer_index_or_cache(client):
    gift = make_gift(make_shop())
    for response in (client.get(address(gift)), client.post(address(gift))):
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Cache-Control"] == "no-store"


def test_a_gift_is_opened_without_a_cookie():
    from django.test import Client

    gift = make_gift(make_shop())
    assert Client(enforce_csrf_checks=True).post(address(gift)).status_code == 200


@pytest.mark.parametrize("token", ["x", "A" * 32, "%00", "a" * 500])
def test_an_address_that_is_no_gifts_is_not_found(client, token):
    assert client.get(f"/gift/{token}/").status_code == 404
    assert client.post(f"/gift/{token}/").status_code == 404
