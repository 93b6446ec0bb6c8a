"""What is left on a card: told for a code of the shop, and nothing for anything else."""

import re

import pytest

from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.interfaces.common import limiting
from giftwell.kit.clock import now
from giftwell.kit.codes import display, new_code
from tests.factories.cards import make_promo_card
from tests.factories.identity import TESTS
from tests.factories.orders import Shop, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counters():
    limiting._limiter.cache_clear()


def ask(client, shop: Shop, code: str, **more: str):
    """Ask for the balance of a code."""
    return client.post(f"/shops/{shop.merchant.slug}/balance/", {"code": code}, **more)


def code_at(shop: Shop) -> str:
    """The code of a card of the shop, with 50.00 on it."""
    card = make_promo_card(shop.merchant)
    return reveal_code(merchant_id=shop.id, card_id=card.id, actor=TESTS, now=now())


def without_words(html: str, code: str) -> str:
    """An answer without what was typed and the form's token."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
    return html.replace(code, "CODE")


def test_a_code_of_the_shop_has_its_balance_told(client):
    shop = make_shop()
    code = code_at(shop)
    for written in (code, display(code), display(code).lower()):
        response = ask(client, shop, written)
        assert response.status_code == 200
        assert "€50.00" in response.content.decode()


@pytest.mark.usefixtures("same_nonce")
def test_unknown_foreign_and_mistyped_codes_get_one_answer(client):
    shop, other = make_shop(), make_shop()
    foreign = code_at(other)
    mistyped = foreign[:-1] + ("2" if foreign[-1] != "2" else "3")
    codes = (new_code(), foreign, mistyped, "hello", "7K4M")
    answers = {without_words(ask(client, shop, code).content.decode(), code) for code in codes}
    assert len(answers) == 1
    assert "has this code" in answers.pop()


def test_asking_is_limited_for_one_address_whatever_the_code(client):
    shop = make_shop()
    code = code_at(shop)
    answers = [ask(client, shop, new_code()).status_code for _ in range(20)]
    assert answers == [200] * 20
    assert ask(client, shop, code).status_code == 429
    assert ask(client, shop, code, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_header_that_anyone_may_write_gives_nobody_a_new_address(client):
    shop = make_shop()
    for number in range(20):
        ask(client, shop, "hello", headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert ask(client, shop, "hello", headers={"X-Forwarded-For": "192.0.2.99"}).status_code == 429


def test_asking_is_limited_for_one_shop_from_many_addresses(client, monkeypatch):
    monkeypatch.setattr("giftwell.interfaces.storefront.balances.A_SHOP", limiting.per_minute(3))
    shop, other = make_shop(), make_shop()
    answers = [ask(client, shop, "hello", REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert ask(client, other, "hello", REMOTE_ADDR="192.0.2.1").status_code == 200


def test_counters_that_do_not_answer_let_nobody_through(client, monkeypatch):
    class Broken:
        def hit(self, *_: object) -> bool:
            raise ConnectionError

    monkeypatch.setattr(limiting, "_limiter", Broken)
    shop = make_shop()
    response = ask(client, shop, code_at(shop))
    assert response.status_code == 503
    assert "€50.00" not in response.content.decode()
    monkeypatch.undo()


def test_a_code_stands_in_no_address_and_no_cache(client):
    shop = make_shop()
    code = code_at(shop)
    assert "€50.00" not in client.get(f"/shops/{shop.merchant.slug}/balance/?code={code}").content.decode()
    assert ask(client, shop, code)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("text", ["", "\x00", "x" * 61, "🎁", "' or 1=1 --"])
def test_whatever_is_typed_is_answered(client, text):
    assert "aria-invalid" in ask(client, make_shop(), text).content.decode()


@pytest.mark.parametrize(
    ("remote", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
    ],
)
def test_one_subscriber_is_one_address(rf, remote, counted):
    assert limiting.address_of(rf.get("/", REMOTE_ADDR=remote)) == counted
