"""Money without a receipt, and money for a card that has ended."""

import pytest
from django.test import Client

from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.models import Refund
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import ROLES, Permission
from giftwell.kit.clock import now
from giftwell.kit.codes import bare
from tests.factories.cards import balance_minor, code_of
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_member
from tests.interfaces.till.conftest import Till


@pytest.fixture
def manager(till: Till, monkeypatch: pytest.MonkeyPatch) -> Till:
    """The same till, with somebody at it who may give without a receipt."""
    monkeypatch.setitem(ROLES, "cashier", ROLES["cashier"] | {Permission.TILL_REFUND_UNLINKED})
    return till


def give(till: Till, **sent: object) -> str:
    till.scan()
    key = till.browser.get(f"{till.keypad}give/").context["key"]
    return till.browser.post(f"{till.keypad}give/", {"key": key, **sent}, follow=True).content.decode()


def test_a_manager_gives_without_a_receipt_and_writes_why(manager: Till) -> None:
    manager.scan()
    assert "Give back without a receipt" in manager.browser.get(manager.keypad).content.decode()
    page = give(manager, amount_minor=700, reason="wrong soup")
    assert f"€7.00 given back to card {manager.card.last4}" in page
    assert balance_minor(manager.card) == 5700
    with scope.merchant(manager.merchant.id), reading():
        kept = Refund.objects.get()
    assert (kept.reference, kept.redemption_id, kept.location_id is not None) == ("wrong soup", None, True)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"amount_minor": 700}, "Write why"),
        ({"amount_minor": 700, "reason": "  "}, "Write why"),
        ({"amount_minor": 0, "reason": "x"}, "Enter an amount first"),
        ({"amount_minor": 99_999_999, "reason": "x"}, "at most the largest value"),
    ],
)
def test_what_is_missing_or_too_much_is_said_and_gives_nothing(
    manager: Till, sent: dict[str, object], words: str
) -> None:
    assert words in give(manager, **sent)
    assert balance_minor(manager.card) == 5000


def test_a_cashier_sees_no_way_to_it(till: Till) -> None:
    till.scan()
    assert b"give/" not in till.browser.get(till.keypad).content
    assert till.browser.get(f"{till.keypad}give/").status_code == 403
    sent = {"amount_minor": 1, "reason": "x"}
    assert till.browser.post(f"{till.keypad}give/", sent).status_code == 403
    assert balance_minor(till.card) == 5000


def test_another_shops_card_gets_nothing(manager: Till) -> None:
    other = make_shop()
    browser = Client()
    browser.force_login(make_member(other, "cashier"))
    theirs = f"/till/{other.slug}/cards/{manager.card.public_id}/give/"
    assert (
        browser.post(theirs, {"amount_minor": 1, "reason": "x"}).headers["Location"] == f"/till/{other.slug}/"
    )
    assert balance_minor(manager.card) == 5000


def test_a_refund_to_a_card_that_has_ended_shows_the_new_card_once(till: Till) -> None:
    outcome = till.redeem(5000)
    close_card(merchant_id=till.merchant.id, card_id=till.card.id, actor=TESTS, now=now())
    address = f"{outcome}refund/"
    sent = {"key": till.browser.get(address).context["key"], "amount_minor": 1000}
    first = till.browser.post(address, sent)
    with scope.merchant(till.merchant.id), reading():
        successor = Card.objects.exclude(id=till.card.id).get()
        assert Event.objects.filter(type="card.code_revealed", subject=successor.public_id).count() == 1
    assert bare(first.context["code"]) == code_of(successor)
    assert first["Cache-Control"] == "no-store"
    again = till.browser.post(address, sent)
    assert again.context["code"] == ""
    more = {"key": till.browser.get(address).context["key"], "amount_minor": 4000}
    rest = till.browser.post(address, more)
    assert rest.context["code"] == ""
    assert f"the money is on card {successor.last4}" in rest.content.decode()
    assert balance_minor(successor) == 5000
