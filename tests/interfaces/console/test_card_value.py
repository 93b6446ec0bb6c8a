"""Acts that move value at the desk: asked, said before they are done, done once, and told afterwards."""

import re

import pytest

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import cards_of
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import ROLES, Permission
from giftwell.kit.codes import display
from tests.factories.cards import balance_minor, code_of, make_promo_card, make_sold_card, read
from tests.factories.catalog import make_shop
from tests.factories.identity import make_member
from tests.interfaces.console.conftest import Desk, browser_of

_HIDDEN = re.compile(r'name="(key|target|amount|amount_\d|confirmed)"[^>]*value="([^"]*)"')


def confirmed(desk: Desk, card: Card, act: str, **asked: str) -> str:
    """Write the form, read the confirming page, send it; the text of the page that it leads to."""
    path = f"cards/{card.public_id}/{act}/"
    key = dict(_HIDDEN.findall(desk.page(path)))["key"]
    if act != "replace":
        answer = desk.browser.post(desk.at(path), {"key": key, **asked})
        said = answer.content.decode()
    else:
        said = desk.page(path)
    sent = dict(_HIDDEN.findall(said))
    assert sent.get("confirmed") == "on", said
    assert balance_minor(card) == read(card).balance_minor
    return desk.browser.post(desk.at(path), sent, follow=True).content.decode()


def in_shop(desk: Desk, **wanted: object) -> Card:
    with scope.merchant(desk.merchant.id), reading():
        return cards_of(desk.merchant.id).get(**wanted)


def test_a_given_card_is_loaded_after_it_was_said(desk: Desk) -> None:
    page = confirmed(desk, desk.given, "load", amount="25.00")

    assert "€25.00 loaded onto card" in page
    assert "Loaded" in page
    assert balance_minor(desk.given) == 3500


def test_a_card_that_is_sold_offers_no_load_and_refuses_one(desk: Desk) -> None:
    sold = desk.line.card
    assert f"{sold.public_id}/load/" not in desk.page(f"cards/{sold.public_id}/")
    path = desk.at(f"cards/{sold.public_id}/load/")
    key = dict(_HIDDEN.findall(desk.browser.get(path).content.decode()))["key"]

    answer = desk.browser.post(path, {"key": key, "amount": "25.00", "confirmed": "on"})

    assert "sold, not given away" in answer.content.decode()
    assert balance_minor(sold) == 3000


@pytest.mark.parametrize("by", ["code", "last4", "id"])
def test_value_moves_to_a_card_named_in_any_of_three_ways(desk: Desk, by: str) -> None:
    other = make_promo_card(desk.merchant, 1000)
    named = {"code": display(code_of(other)), "last4": other.last4.lower(), "id": other.public_id}[by]

    page = confirmed(desk, desk.given, "move", target=named, amount="4")

    assert f"€4.00 moved to card {other.last4}" in page
    assert f"Moved to card {other.last4}" in page
    assert f"Received from card {desk.given.last4}" in desk.page(f"cards/{other.public_id}/")
    assert (balance_minor(desk.given), balance_minor(other)) == (600, 1400)


def test_a_code_that_was_typed_is_not_written_into_the_next_page(desk: Desk) -> None:
    other = make_promo_card(desk.merchant, 1000)
    path = desk.at(f"cards/{desk.given.public_id}/merge/")
    key = dict(_HIDDEN.findall(desk.browser.get(path).content.decode()))["key"]

    said = desk.browser.post(path, {"key": key, "target": code_of(other)}).content.decode()

    assert code_of(other) not in said
    assert other.public_id in said


def test_a_card_that_is_not_there_is_not_told_from_another_shops(desk: Desk) -> None:
    theirs = make_promo_card(make_shop())
    path = desk.at(f"cards/{desk.given.public_id}/move/")
    key = dict(_HIDDEN.findall(desk.browser.get(path).content.decode()))["key"]
    for text in (theirs.public_id, code_of(theirs), theirs.last4, "card_x", "7K4M", "x" * 17, "%"):
        answer = desk.browser.post(path, {"key": key, "target": text, "amount": "1"})
        assert "There is no such card here" in answer.content.decode(), text
    answer = desk.browser.post(path, {"key": key, "target": desk.given.public_id, "amount": "1"})
    assert "That is this card itself" in answer.content.decode()


def test_a_refusal_is_said_on_the_form_and_changes_nothing(desk: Desk) -> None:
    path = desk.at(f"cards/{desk.given.public_id}/move/")
    key = dict(_HIDDEN.findall(desk.browser.get(path).content.decode()))["key"]
    other = make_promo_card(desk.merchant, 1000)
    for target, amount, words in (
        (other.public_id, "10.01", "not enough value"),
        (desk.line.card.public_id, "1", "same funding"),
        (other.public_id, "nothing", "Write an amount"),
    ):
        sent = {"key": key, "target": target, "amount": amount, "confirmed": "on"}
        assert words in desk.browser.post(path, sent).content.decode()
    assert balance_minor(desk.given) == 1000


def test_a_merge_leads_to_the_card_that_is_left(desk: Desk) -> None:
    other = make_promo_card(desk.merchant, 1000)

    page = confirmed(desk, desk.given, "merge", target=other.public_id)

    assert f"Card {desk.given.last4} was merged into this one" in page
    assert "Merged" in desk.page(f"cards/{desk.given.public_id}/")
    assert balance_minor(other) == 2000


def test_a_split_names_the_new_cards_and_they_name_the_whole(desk: Desk) -> None:
    page = confirmed(desk, desk.given, "split", amount_1="2.50", amount_3="1.50")

    assert "Split: 2 new cards" in page
    assert balance_minor(desk.given) == 600
    part = in_shop(desk, split_from=desk.given, face_value_minor=250)
    told = desk.page(f"cards/{part.public_id}/")
    assert "Part of" in told
    assert f"Split off from card {desk.given.last4}" in told
    assert "Activated and loaded" not in told

    replaced = confirmed(desk, part, "replace")
    assert f"Split off from card {desk.given.last4}" in replaced
    assert "Activated and loaded" not in replaced


def test_a_replacement_shows_the_history_of_the_lost_card(desk: Desk) -> None:
    lost = desk.line.card

    page = confirmed(desk, lost, "replace")

    assert f"Carries lost card {lost.last4} on" in page
    assert "Redeemed at" in page
    assert f"on card {lost.last4}" in page
    assert "Goes on as" in desk.page(f"cards/{lost.public_id}/")
    assert in_shop(desk, replaces=lost).balance_minor == 3000
    assert verify() == []


def test_the_order_of_a_lost_card_gives_back_what_its_replacement_holds(desk: Desk) -> None:
    confirmed(desk, desk.line.card, "replace")

    page = desk.page(f"orders/{desk.order.public_id}/refund/{desk.line.public_id}/")

    assert "Give back €25.00" in page


def test_a_form_sent_twice_moves_once(desk: Desk) -> None:
    other = make_promo_card(desk.merchant, 1000)
    path = desk.at(f"cards/{desk.given.public_id}/move/")
    key = dict(_HIDDEN.findall(desk.browser.get(path).content.decode()))["key"]
    sent = {"key": key, "target": other.public_id, "amount": "4", "confirmed": "on"}

    for _ in range(2):
        assert desk.browser.post(path, sent).status_code == 302

    assert balance_minor(other) == 1400


def test_acts_are_offered_to_those_who_may(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {
        Permission.CARDS_LOAD, Permission.CARDS_TRANSFER, Permission.CARDS_REPLACE, Permission.CARDS_ADJUST,
    }  # fmt: skip
    assert wanted <= ROLES["manager"]
    assert not wanted & ROLES["cashier"]
    monkeypatch.setitem(ROLES, "manager", ROLES["manager"] - wanted)
    manager = browser_of(make_member(desk.merchant, "manager"))

    page = manager.get(desk.at(f"cards/{desk.given.public_id}/")).content.decode()

    assert "What can be done" not in page
    for act in ("load", "move", "merge", "split", "replace"):
        assert manager.get(desk.at(f"cards/{desk.given.public_id}/{act}/")).status_code == 403


def test_another_shops_card_is_not_there(desk: Desk) -> None:
    theirs = make_sold_card(make_shop())
    for act in ("load", "move", "merge", "split", "replace"):
        path = desk.at(f"cards/{theirs.public_id}/{act}/")
        assert desk.browser.get(path).status_code == 404
        assert desk.browser.post(path, {"key": "x"}).status_code == 404
