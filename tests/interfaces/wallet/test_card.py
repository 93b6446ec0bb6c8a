"""One card in a wallet: what its holder sees of it, and that nobody else sees anything."""

import pytest
from django.test import Client

from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from tests.factories.cards import code_of, make_promo_card, make_sold_card, read
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_person
from tests.interfaces.wallet.people import Holder, kept

pytestmark = pytest.mark.django_db

PAGES = ("", "top-up/", "move/", "merge/", "split/", "lost/")
POSTS = ("code/", "freeze/", "unfreeze/")


@pytest.fixture
def maja() -> Holder:
    return Holder(make_person(email="maja@example.com", name="Maja Lindqvist"))


def test_a_card_shows_its_balance_and_hides_its_code(maja: Holder) -> None:
    card = kept(make_sold_card(make_shop()), maja)

    page = maja.page(card)

    assert "€50.00 to spend" in page
    assert display(code_of(card)) not in page
    assert f'href="/wallet/cards/{card.public_id}/"' in maja.browser.get("/wallet/").content.decode()


def test_the_code_is_shown_when_it_is_asked_for_and_that_is_written_down(maja: Holder) -> None:
    card = kept(make_sold_card(make_shop()), maja)

    answer = maja.browser.post(maja.at(card, "code/"))

    assert display(code_of(card)) in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert maja.browser.get(maja.at(card, "code/")).status_code == 405


def test_a_holder_freezes_and_unfreezes(maja: Holder) -> None:
    card = kept(make_sold_card(make_shop()), maja)

    page = maja.browser.post(maja.at(card, "freeze/"), follow=True).content.decode()
    assert "You froze this card" in page
    assert "€50.00, frozen" in page
    assert 'frozen" data-light' in page, "the card itself looks frozen"
    assert "Show the code" not in page
    assert read(card).status == "frozen"
    maja.browser.post(maja.at(card, "unfreeze/"))
    assert read(card).status == "active"


def test_a_holder_does_not_take_back_what_the_shop_froze(maja: Holder) -> None:
    card = kept(make_sold_card(make_shop()), maja)
    _frozen(card)

    page = maja.browser.post(maja.at(card, "unfreeze/"), follow=True).content.decode()

    assert "The shop has frozen this card" in page
    assert "/unfreeze/" not in page
    assert read(card).status == "frozen"


@pytest.mark.parametrize("path", PAGES + POSTS)
def test_anybody_elses_card_is_not_there(maja: Holder, path: str) -> None:
    shop = make_shop()
    theirs, nobodys = kept(make_sold_card(shop), Holder(make_person())), make_promo_card(make_shop())
    kept(make_sold_card(shop), maja)
    for card in (theirs, nobodys):
        if path in PAGES:
            assert maja.browser.get(maja.at(card, path)).status_code == 404
        assert maja.browser.post(maja.at(card, path), {"key": "x" * 32}).status_code in {404, 405}
    assert Client().get(maja.at(theirs, path if path in PAGES else "")).status_code == 302
    assert read(theirs).status == "active"
    for made_up in ("card_x", "prog_06f3v9q1d8h2k7m4n5p6r8s9t0", "%00"):
        assert maja.browser.get(f"/wallet/cards/{made_up}/").status_code in {404, 422}


def test_a_page_asks_a_bounded_number_of_times(maja: Holder, django_assert_max_num_queries) -> None:
    shop = make_shop()
    card = kept(make_sold_card(shop), maja)
    kept(make_sold_card(shop), maja)
    with django_assert_max_num_queries(30):
        maja.page(card)


def _frozen(card: Card) -> None:
    freeze_card(
        merchant_id=card.merchant_id, card_id=card.id, reason=FreezeReason.MERCHANT, actor=TESTS, now=now()
    )
