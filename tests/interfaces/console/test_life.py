"""Corrections, the end of a card and the way back at the desk; and the rules of programs."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from giftwell.domain.cards.adjust_card import adjust_card
from giftwell.domain.cards.expire_cards import expire_card
from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.catalog.models import Program
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.console import adjustments, cards
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id
from giftwell.kit.money import Money
from tests.factories.cards import balance_minor, make_promo_card, read
from tests.factories.catalog import escrow_of, make_program, make_shop
from tests.factories.identity import TESTS, make_member
from tests.interfaces.console.conftest import Desk, browser_of

_HIDDEN = re.compile(r'name="(key|direction|amount|reason|last_day|confirmed)"[^>]*value="([^"]*)"')
WHY = "The till took too much"


def done(desk: Desk, card: Card, act: str, **asked: str) -> str:
    """Write the form, read the confirming page, send that; the text of the page that it leads to."""
    path = desk.at(f"cards/{card.public_id}/{act}/")
    key = dict(_HIDDEN.findall(desk.browser.get(path).content.decode()))["key"]
    said = desk.browser.post(path, {"key": key, **asked}).content.decode()
    sent = dict(_HIDDEN.findall(said))
    assert sent.get("confirmed") == "on", said
    return desk.browser.post(path, sent, follow=True).content.decode()


def adjust(desk: Desk, card: Card, direction: str, amount: str) -> str:
    return done(desk, card, "adjust", direction=direction, amount=amount, reason=WHY)


def asked_for(desk: Desk) -> Adjustment:
    with scope.merchant(desk.merchant.id), reading():
        return Adjustment.objects.get(merchant=desk.merchant)


def manager_of(desk: Desk) -> Client:
    return browser_of(make_member(desk.merchant, "manager"))


def over(card: Card) -> None:
    assert card.expires_at is not None
    expire_card(merchant_id=card.merchant_id, card_id=card.id, actor=TESTS, now=card.expires_at)


def test_a_little_is_adjusted_at_once_and_the_page_says_so(desk: Desk) -> None:
    assert "You may correct €50.00 a day alone; €50.00 of it are left" in desk.page(
        f"cards/{desk.given.public_id}/adjust/"
    )
    page = adjust(desk, desk.given, "up", "12.50")
    assert "Adjusted by €12.50." in page
    assert balance_minor(desk.given) == 2250
    assert "€37.50 of it are left" in desk.page(f"cards/{desk.given.public_id}/adjust/")
    adjust(desk, desk.given, "down", "2.50")
    assert balance_minor(desk.given) == 2000
    assert "you have used €15.00 today" in desk.page("adjustments/")
    assert verify() == []


def test_more_waits_and_whoever_asked_is_offered_no_approval(desk: Desk) -> None:
    page = adjust(desk, desk.given, "up", "50.01")
    assert "nothing has moved until somebody else approves" in page
    assert balance_minor(desk.given) == 1000
    path = f"adjustments/{asked_for(desk).public_id}/"
    assert "Somebody else has to approve it" in desk.page(path)
    assert f"{path}approve/" not in desk.page(path)
    assert "1 adjustment waits for a second person" in desk.page("")

    refused = desk.browser.post(desk.at(path + "approve/"), follow=True).content.decode()
    assert "Somebody else has to approve it." in refused
    assert balance_minor(desk.given) == 1000

    second = manager_of(desk)
    assert "Approve €50.01" in second.get(desk.at(path)).content.decode()
    approved = second.post(desk.at(path + "approve/"), follow=True).content.decode()
    assert "Approved: the card was adjusted by €50.01." in approved
    assert balance_minor(desk.given) == 6001
    again = desk.browser.post(desk.at(path + "decline/"), follow=True).content.decode()
    assert "decided on already" in again
    assert "Nothing waits for a decision" in desk.page("adjustments/?show=open")
    assert verify() == []


def test_what_somebody_paid_for_is_taken_by_two(desk: Desk) -> None:
    sold = desk.line.card
    assert "taking value off it always needs a second person" in desk.page(f"cards/{sold.public_id}/adjust/")
    adjust(desk, sold, "down", "0.01")
    assert balance_minor(sold) == 3000
    second = manager_of(desk)
    path = desk.at(f"adjustments/{asked_for(desk).public_id}/")
    declined = second.post(path + "decline/", follow=True).content.decode()
    assert "Nothing was moved." in declined
    assert "Declined by" in declined
    assert balance_minor(sold) == 3000


def test_a_request_of_last_week_has_lapsed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    adjust(desk, desk.given, "up", "60")
    later = now() + timedelta(days=7, minutes=1)
    monkeypatch.setattr(adjustments, "now", lambda: later)
    path = f"adjustments/{asked_for(desk).public_id}/"
    assert "Nobody decided in time" in desk.page(path)
    assert "Lapsed" in desk.page("adjustments/")
    answer = manager_of(desk).post(desk.at(path + "approve/"), follow=True).content.decode()
    assert "Nobody decided on this adjustment in time" in answer
    assert balance_minor(desk.given) == 1000


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"direction": "up", "amount": "", "reason": WHY}, "This field is required"),
        ({"direction": "up", "amount": "x", "reason": WHY}, "Write an amount"),
        ({"direction": "sideways", "amount": "1", "reason": WHY}, "Select a valid choice"),
        (
            {"direction": "up", "amount": "1", "reason": "4111 1111 1111 1111", "confirmed": "on"},
            "without the code",
        ),
        ({"direction": "down", "amount": "10.01", "reason": WHY, "confirmed": "on"}, "not enough value"),
        ({"direction": "up", "amount": "0", "reason": WHY, "confirmed": "on"}, "must not be zero"),
    ],
)
def test_a_refusal_stands_on_the_form(desk: Desk, asked: dict[str, str], words: str) -> None:
    path = desk.at(f"cards/{desk.given.public_id}/adjust/")
    key = dict(_HIDDEN.findall(desk.browser.get(path).content.decode()))["key"]
    assert words in desk.browser.post(path, {"key": key, **asked}).content.decode()
    assert balance_minor(desk.given) == 1000


def test_an_expired_card_is_brought_back_with_what_it_had(desk: Desk) -> None:
    card = desk.given
    assert "reinstate/" not in desk.page(f"cards/{card.public_id}/")
    over(card)
    assert f"{card.public_id}/reinstate/" in desk.page(f"cards/{card.public_id}/")
    assert "€10.00 comes back" in desk.page(f"cards/{card.public_id}/reinstate/")
    page = done(desk, card, "reinstate", last_day="2040-05-31")
    assert "is back with what it had" in page
    assert "Reinstated with what it had" in page
    assert balance_minor(card) == 1000
    ends = read(card).expires_at
    assert ends is not None
    assert ends.year == 2040
    path = desk.at(f"cards/{card.public_id}/reinstate/")
    over(read(card))
    key = dict(_HIDDEN.findall(desk.browser.get(path).content.decode()))["key"]
    past = {"key": key, "last_day": "2020-01-01", "confirmed": "on"}
    assert "Choose a last day after today" in desk.browser.post(path, past).content.decode()


def test_a_card_whose_time_is_over_can_be_expired_by_hand(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = make_promo_card(desk.merchant)
    ends = card.expires_at
    assert ends is not None
    monkeypatch.setattr(cards, "now", lambda: ends)
    page = desk.page(f"cards/{card.public_id}/")
    assert f"{card.public_id}/expire/" in page
    assert f"{card.public_id}/adjust/" not in page
    path = desk.at(f"cards/{card.public_id}/expire/")
    key = dict(_HIDDEN.findall(desk.browser.get(path).content.decode()))["key"]
    early = desk.browser.post(path, {"key": key, "confirmed": "on"}).content.decode()
    assert "This card is still valid" in early


def test_a_program_is_made_within_the_law(desk: Desk) -> None:
    page = desk.page("programs/new/")
    assert "has to last 1,825 days" in page
    assert "Consumer Protection (Gift Vouchers) Act 2019" in page
    rules = {
        "name": "Ours", "funding": "direct", "validity_days": "365", "min_value": "5", "max_value": "100",
        "max_balance": "50", "max_spend_per_day": "", "max_issue_per_day": "",
    }  # fmt: skip
    wrong = desk.browser.post(desk.at("programs/new/"), rules).content.decode()
    assert "IE-2019" in wrong
    assert "cannot be below the highest value" in wrong
    right = {**rules, "validity_days": "", "max_balance": "200"}
    made = desk.browser.post(desk.at("programs/new/"), right, follow=True).content.decode()
    assert "“Ours” is made." in made
    assert "5 %" in made
    with scope.merchant(desk.merchant.id), reading():
        program = Program.objects.get(merchant=desk.merchant, name="Ours")
    assert (program.commission_bps, program.validity_days, program.max_balance_minor) == (500, None, 20_000)
    for smuggled in ("commission_bps", "buyer_fee", "currency"):
        answer = desk.browser.post(desk.at("programs/new/"), {**right, "name": "X", smuggled: "0"})
        assert answer.status_code == 422


def test_an_edit_over_somebody_elses_says_so_and_the_terms_are_not_ours_to_change(desk: Desk) -> None:
    path = f"programs/{desk.product.program.public_id}/"
    page = desk.page(path)
    assert "of what is spent" in page
    fields = {
        "name": "Gift cards", "validity_days": "1826", "min_value": "5", "max_value": "500",
        "max_balance": "", "max_spend_per_day": "75", "max_issue_per_day": "", "version": "1",
    }  # fmt: skip
    assert "Saved." in desk.browser.post(desk.at(path), fields, follow=True).content.decode()
    assert "Most spent from one card in a day" in desk.page("programs/")
    assert "Someone changed this program" in desk.browser.post(desk.at(path), fields).content.decode()
    assert desk.browser.post(desk.at(path), {**fields, "funding": "promo"}).status_code == 422
    assert escrow_of(desk.merchant).max_spend_per_day_minor == 7500


def test_what_is_owed_for_cards_that_the_shop_sold_itself_is_told(desk: Desk) -> None:
    assert "owed to Giftwell" not in desk.page("programs/")
    make_promo_card(
        desk.merchant, 5000, program=make_program(desk.merchant, funding="direct", commission_bps=500)
    )
    assert "€2.50" in desk.page("programs/")
    assert "owed to Giftwell" in desk.page("programs/")


def test_another_shops_adjustment_program_and_card_are_not_there(desk: Desk) -> None:
    theirs = make_shop()
    card = make_promo_card(theirs)
    asked = adjust_card(
        merchant_id=theirs.id, card_id=card.id, change=Money(9000, "EUR"), reason=WHY, key="k",
        actor=Actor.person(new_id()), now=now(),
    ).adjustment  # fmt: skip
    over(card)
    gets = [f"adjustments/{asked.public_id}/", f"programs/{escrow_of(theirs).public_id}/"]
    gets += [f"cards/{card.public_id}/{act}/" for act in ("adjust", "expire", "reinstate")]
    for path in gets:
        assert desk.browser.get(desk.at(path)).status_code == 404, path
    for path in [
        f"adjustments/{asked.public_id}/approve/",
        f"adjustments/{asked.public_id}/decline/",
        *gets[1:],
    ]:
        assert desk.browser.post(desk.at(path)).status_code in {404, 405}, path
        assert desk.browser.post(desk.at(path), {"key": "k"}).status_code in {404, 422}, path
    assert read(card).status == "closed"


def test_a_cashier_corrects_nothing(desk: Desk) -> None:
    browser = browser_of(make_member(desk.merchant, "cashier"))
    card = desk.given.public_id
    for path in (
        f"cards/{card}/adjust/",
        f"cards/{card}/reinstate/",
        "adjustments/",
        "programs/",
        "programs/new/",
    ):
        assert browser.get(desk.at(path)).status_code == 403, path
