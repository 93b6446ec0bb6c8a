"""A tip at the till, and a bill that one card does not cover."""

import pytest

from giftwell.domain.redemption.models import Redemption
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.interfaces.till.conftest import Till


def ask_for_tip(till: Till, bill_minor: int) -> str:
    """Scan, enter the bill, press "With a tip"; gives back the tip page's address."""
    till.scan()
    answer = till.browser.post(till.keypad, {"key": till.key(), "amount_minor": bill_minor, "then": "tip"})
    return str(answer.headers["Location"])


def give(till: Till, bill_minor: int, **sent: object) -> str:
    """Answer the tip page; gives back where it leads."""
    address = ask_for_tip(till, bill_minor)
    page = till.browser.get(address)
    data = {"key": page.context["key"], "bill_minor": bill_minor, **sent}
    return str(till.browser.post(address.split("?")[0], data).headers.get("Location", ""))


def test_bill_and_tip_are_taken_together_and_shown(till: Till) -> None:
    outcome = give(till, 2000, amount_minor=300)
    page = till.browser.get(outcome).content.decode()
    assert "€23.00 redeemed" in page
    assert "Of that a tip" in page
    assert "with €3.00 tip" in till.browser.get(f"{till.home}today/").content.decode()
    assert balance_minor(till.card) == 2700
    with scope.merchant(till.merchant.id), reading():
        kept = Redemption.objects.get()
    assert (kept.amount_minor, kept.tip_minor, kept.location_id is not None) == (2300, 300, True)


def test_no_tip_takes_the_bill_alone(till: Till) -> None:
    assert "€20.00 redeemed" in till.browser.get(give(till, 2000, without="on")).content.decode()
    assert balance_minor(till.card) == 3000


def test_shares_are_offered_as_far_as_limit_and_card_go(till: Till) -> None:
    page = till.browser.get(ask_for_tip(till, 4500))
    assert [(share, tip.amount_minor) for share, tip in page.context["shares"]] == [(5, 225), (10, 450)]
    assert page.context["most"].amount_minor == 500


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"amount_minor": 601}, "at most €6.00"),
        ({"amount_minor": 0}, "Enter an amount first"),
        ({"amount": "lots"}, "not an amount"),
    ],
)
def test_a_tip_that_is_none_or_too_high_is_said_and_nothing_is_taken(
    till: Till, sent: dict[str, object], words: str
) -> None:
    address = ask_for_tip(till, 2000).split("?")[0]
    page = till.browser.post(address, {"key": till.key(), "bill_minor": 2000, **sent}).content.decode()
    assert words in page
    assert balance_minor(till.card) == 5000


def test_a_tip_that_the_card_does_not_have_offers_the_bill_alone(till: Till) -> None:
    address = ask_for_tip(till, 4500).split("?")[0]
    refused = till.browser.post(address, {"key": till.key(), "bill_minor": 4500, "amount_minor": 900})
    outcome = refused.context["outcome"]
    assert (outcome.offer.amount_minor, outcome.rest.amount_minor) == (4500, 900)
    assert balance_minor(till.card) == 5000


def test_without_bill_or_card_the_tip_page_leads_back(till: Till) -> None:
    assert till.browser.get(f"{till.keypad}tip/").headers["Location"] == till.home
    till.scan()
    for bill in ("", "?bill=0", "?bill=x", "?bill=-5"):
        assert till.browser.get(f"{till.keypad}tip/{bill}").headers["Location"] == till.keypad


def pay_part(till: Till, bill_minor: int) -> str:
    """Ask for more than the card has, then take what there is; gives back the outcome's address."""
    till.scan()
    refused = till.browser.post(till.keypad, {"key": till.key(), "amount_minor": bill_minor})
    sent = {"key": refused.context["key"], "amount_minor": bill_minor, "part": "on"}
    return str(till.browser.post(till.keypad, sent).headers["Location"])


def test_what_one_card_does_not_cover_is_carried_to_the_next(till: Till) -> None:
    page = till.browser.get(pay_part(till, 8000)).content.decode()
    assert "€50.00 redeemed" in page
    assert "Still to be paid" in page
    assert "€30.00 from another card" in page
    second = make_promo_card(till.merchant, 1000)
    scan = f"{till.home}?bill=open"
    assert "€30.00 is still to be paid" in till.browser.get(scan).content.decode()
    keypad = str(till.browser.post(scan, {"code": code_of(second)}).headers["Location"])
    shown = till.browser.get(keypad)
    assert (shown.context["due"].amount_minor, shown.context["first"].amount_minor) == (3000, 1000)
    outcome = till.browser.post(keypad, {"key": shown.context["key"], "amount_minor": 1000}).headers[
        "Location"
    ]
    assert till.browser.get(outcome).context["due"].amount_minor == 2000
    assert (balance_minor(till.card), balance_minor(second)) == (0, 0)
    third = make_promo_card(till.merchant, 5000)
    keypad = str(till.browser.post(scan, {"code": code_of(third)}).headers["Location"])
    shown = till.browser.get(keypad)
    outcome = till.browser.post(keypad, {"key": shown.context["key"], "amount_minor": 2000}).headers[
        "Location"
    ]
    assert till.browser.get(outcome).context["due"] is None


def test_the_next_customer_has_no_bill(till: Till) -> None:
    pay_part(till, 8000)
    assert "still to be paid" not in till.browser.get(till.home).content.decode()
    assert "still to be paid" not in till.browser.get(f"{till.home}?bill=open").content.decode()
