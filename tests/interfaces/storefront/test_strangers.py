"""Above a limit a card is sold to somebody whose address is verified, and not to a stranger."""

from typing import Any

import pytest
from django.test import Client

from giftwell.interfaces.storefront.strangers import SignInToBuyThis, limit_of, refuse_a_stranger
from giftwell.kit.ids import new_id
from giftwell.kit.money import Money
from tests.factories.identity import make_person
from tests.factories.orders import make_shop
from tests.hostile.test_money_paying import GIFT


@pytest.mark.parametrize(("currency", "limit"), [("EUR", 50_000), ("JPY", 80_000), ("KWD", 150_000)])
def test_the_limit_is_in_whole_units_of_each_currency(currency: str, limit: int) -> None:
    assert limit_of(currency) == Money(limit, currency)
    refuse_a_stranger(None, Money(limit, currency))
    refuse_a_stranger(new_id(), Money(limit + 1, currency))
    with pytest.raises(SignInToBuyThis):
        refuse_a_stranger(None, Money(limit + 1, currency))


@pytest.mark.django_db
def test_the_page_keeps_what_was_typed_and_says_the_way(monkeypatch: Any) -> None:
    monkeypatch.setattr("giftwell.interfaces.storefront.strangers._ELSEWHERE", 10)
    shop = make_shop()
    page = f"/shops/{shop.merchant.slug}/{shop.product.slug}/"
    stranger, person = Client(), Client()
    answer = stranger.post(page, GIFT)
    assert answer.status_code == 200
    assert b"whose address we have verified" in answer.content
    assert GIFT["recipient_name"].encode() in answer.content
    person.force_login(make_person())
    assert person.post(page, GIFT).status_code == 302
