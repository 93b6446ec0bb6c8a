"""Finding a card: one code, posted once, kept encrypted, and never in a page or an address."""

from datetime import timedelta

import pytest
from django.test import Client

from giftwell.interfaces.common.session_store import SessionStore
from giftwell.interfaces.till import held, scan
from giftwell.kit import codes
from giftwell.kit.clock import now
from tests.factories.cards import code_of, make_promo_card
from tests.factories.catalog import make_shop
from tests.factories.identity import make_member
from tests.interfaces.till.conftest import Till


def test_a_scanned_card_shows_what_it_has(till: Till) -> None:
    answer = till.browser.post(till.home, {"code": codes.display(till.code)}, follow=True)
    assert answer.redirect_chain == [(till.keypad, 302)]
    assert "€50.00" in answer.content.decode()


def test_a_code_is_read_in_small_letters_with_spaces_and_dashes(till: Till) -> None:
    typed = " ".join(codes.display(till.code).lower())
    assert till.browser.post(till.home, {"code": typed}).headers["Location"] == till.keypad


def test_no_page_and_no_address_of_the_till_carries_the_code(till: Till) -> None:
    answer = till.browser.post(till.home, {"code": till.code}, follow=True)
    pages = [answer.content.decode(), till.browser.get(till.home).content.decode()]
    for shown in (till.code, codes.display(till.code)):
        assert all(shown not in page for page in pages)
        assert shown not in answer.redirect_chain[0][0]


def test_the_session_holds_the_code_encrypted(till: Till) -> None:
    till.scan()
    stored = str(dict(SessionStore(till.browser.session.session_key).items()))
    assert till.card.id.hex in stored
    assert till.code not in stored


@pytest.mark.parametrize("kind", ["unknown", "foreign", "mistyped", "malformed", "empty", "nul", "huge"])
def test_every_wrong_code_gets_the_same_answer(till: Till, kind: str) -> None:
    texts = {
        "unknown": codes.new_code(),
        "mistyped": till.code[:-1] + ("0" if till.code[-1] != "0" else "1"),
        "malformed": "7K4M",
        "empty": "",
        "nul": "7K4M\x00",
        "huge": "7" * 5000,
    }
    text = code_of(make_promo_card(make_shop())) if kind == "foreign" else texts[kind]
    answer = till.browser.post(till.home, {"code": text})
    assert answer.status_code == 200
    assert answer.context["error"] == scan._unknown_words()
    assert not till.browser.session.get("till_cards")


def test_the_link_of_a_gift_is_neither_opened_nor_echoed(till: Till) -> None:
    answer = till.browser.post(till.home, {"code": "https://example.com/gift/secret-token/"})
    assert answer.context["error"] == scan._link_words()
    assert b"secret-token" not in answer.content


def test_an_unknown_field_is_refused(till: Till) -> None:
    assert till.browser.post(till.home, {"code": till.code, "merchant": "other"}).status_code == 422


def test_after_ten_minutes_the_card_has_to_be_scanned_again(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.scan()
    monkeypatch.setattr(
        "giftwell.interfaces.till.keypad.now", lambda: now() + held.HELD_FOR - timedelta(seconds=5)
    )
    assert till.browser.get(till.keypad).status_code == 200
    monkeypatch.setattr(
        "giftwell.interfaces.till.keypad.now", lambda: now() + held.HELD_FOR + timedelta(seconds=1)
    )
    assert till.browser.get(till.keypad).headers["Location"] == till.home


def test_a_held_code_moved_to_another_card_does_not_open(till: Till) -> None:
    till.scan()
    other = make_promo_card(till.merchant, 1000)
    session = till.browser.session
    session["till_cards"] = {other.id.hex: session["till_cards"][till.card.id.hex]}
    session.save()
    assert till.browser.get(f"{till.home}cards/{other.public_id}/").headers["Location"] == till.home


def test_only_the_last_four_cards_are_kept(till: Till) -> None:
    for _ in range(6):
        till.scan(code_of(make_promo_card(till.merchant, 100)))
    assert len(till.browser.session["till_cards"]) == held.MOST_HELD


def test_nothing_at_the_till_is_kept_by_a_cache(till: Till) -> None:
    till.scan()
    for address in (till.home, till.keypad, f"{till.home}today/"):
        assert till.browser.get(address).headers["Cache-Control"] == "no-store"


def test_a_stranger_signs_in_first_and_another_shops_cashier_finds_nothing(till: Till) -> None:
    assert "/accounts/login/" in Client().get(till.home).headers["Location"]
    foreign = Client()
    foreign.force_login(make_member(make_shop(), "cashier"))
    for address in (till.home, till.keypad, f"{till.home}today/", f"{till.home}place/"):
        assert foreign.get(address).status_code == 404


def test_the_only_shop_of_a_cashier_is_opened_at_once(till: Till) -> None:
    assert till.browser.get("/till/").headers["Location"] == till.home


def test_somebody_without_a_till_is_told_so(db: None) -> None:
    browser = Client()
    browser.force_login(make_member(make_shop(), "nobody"))
    assert b"You work at no till yet" in browser.get("/till/").content
