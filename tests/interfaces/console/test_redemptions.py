"""Redemptions and authorizations at the desk: looked at, given back, undone, taken, changed and let go."""

from datetime import timedelta

import pytest

from giftwell.domain.cards.close_card import close_card
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.models import Authorization, Redemption, Refund
from giftwell.domain.redemption.queries import can_reverse
from giftwell.domain.redemption.redeem import redeem
from giftwell.domain.redemption.unlinked_refund import unlinked_refund
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money
from tests.factories.cards import balance_minor, code_of
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, location_of, make_member
from tests.interfaces.console.conftest import Desk, browser_of, owner_of


def give_back(desk: Desk, amount: str) -> str:
    path = desk.at(f"redemptions/{desk.redemption}/refund/")
    key = desk.browser.get(path).context["form"].initial["key"]
    return desk.browser.post(path, {"key": key, "amount": amount}, follow=True).content.decode()


def place(desk: Desk, amount_minor: int = 600) -> str:
    """Something set aside on the card that was given away; its address."""
    answer = authorize(
        merchant_id=desk.merchant.id, code=code_of(desk.given), amount=Money(amount_minor, "EUR"),
        key="table", location_id=location_of(desk.merchant).id, actor=TESTS, now=now(),
    )  # fmt: skip
    return desk.at(f"authorizations/{public_id(Authorization.PREFIX, answer.id)}/")


def act(desk: Desk, address: str, verb: str, **sent: object) -> str:
    key = desk.browser.get(address).context["take"].initial["key"]
    body = {"key": key, **sent} if verb != "let-go" else {}
    return desk.browser.post(f"{address}{verb}/", body, follow=True).content.decode()


def test_one_redemption_tells_what_became_of_it(desk: Desk) -> None:
    page = give_back(desk, "5")
    assert "€20.00 redeemed" in page
    assert "Partly given back" in page
    assert "€5.00 given back to card" in page
    assert balance_minor(desk.line.card) == 3500
    assert f"redemptions/{desk.redemption}/" in desk.page("redemptions/")
    give_back(desk, "15")
    assert "Nothing" not in desk.page(f"redemptions/{desk.redemption}/")


def test_a_redemption_is_undone_and_stands_struck_out(desk: Desk) -> None:
    path = desk.at(f"redemptions/{desk.redemption}/undo/")
    assert "Undo €20.00" in desk.browser.get(path).content.decode()
    page = desk.browser.post(path, follow=True).content.decode()
    assert "Undone: €20.00 can be spent" in page
    assert "it counts in no figure" in page
    assert balance_minor(desk.line.card) == 5000
    for shown in ("redemptions/", f"cards/{desk.line.card.public_id}/"):
        assert ">undone</span>" in desk.page(shown)
    assert "Redemption undone" in desk.page(f"cards/{desk.line.card.public_id}/")
    assert desk.browser.get(desk.home).context["today"].redeemed == Money(0, "EUR")
    refused = desk.browser.get(desk.at(f"redemptions/{desk.redemption}/refund/"), follow=True)
    assert "was undone" in refused.content.decode()


def test_a_refund_is_undone(desk: Desk) -> None:
    give_back(desk, "5")
    with scope.merchant(desk.merchant.id), reading():
        given = Refund.objects.get().public_id
    path = desk.at(f"redemptions/{desk.redemption}/refunds/{given}/undo/")
    assert "Undo €5.00" in desk.browser.get(path).content.decode()
    page = desk.browser.post(path, follow=True).content.decode()
    assert "has left card" in page
    assert balance_minor(desk.line.card) == 3000
    assert "Giving back undone" in desk.page(f"cards/{desk.line.card.public_id}/")


def test_what_was_refunded_or_is_old_offers_no_undoing(desk: Desk) -> None:
    undo = f"redemptions/{desk.redemption}/undo/"
    assert undo in desk.page(f"redemptions/{desk.redemption}/")
    give_back(desk, "5")
    assert undo not in desk.page(f"redemptions/{desk.redemption}/")
    page = desk.browser.post(desk.at(undo), follow=True).content.decode()
    assert "can no longer be reversed" in page
    with scope.merchant(desk.merchant.id), reading():
        made, given = Redemption.objects.get(), Refund.objects.get()
    assert [can_reverse(given, now=now() + timedelta(hours=hours)) for hours in (23, 25)] == [True, False]
    assert not can_reverse(made, now=now())


def test_giving_back_to_a_closed_card_says_where_it_went(desk: Desk) -> None:
    answer = redeem(
        merchant_id=desk.merchant.id, code=code_of(desk.given), amount=Money(1000, "EUR"), key="all",
        actor=TESTS, now=now(),
    )  # fmt: skip
    close_card(merchant_id=desk.merchant.id, card_id=desk.given.id, actor=TESTS, now=now())
    path = f"redemptions/{public_id(Redemption.PREFIX, answer.id)}/refund/"
    shown = desk.browser.get(desk.at(path))
    assert "This card has ended" in shown.content.decode()
    sent = {"key": shown.context["form"].initial["key"], "amount": "10"}
    page = desk.browser.post(desk.at(path), sent, follow=True).content.decode()
    assert "which carries the ended one on" in page
    with scope.merchant(desk.merchant.id), reading():
        got = Refund.objects.get().card_id
    assert f"cards/{public_id('card', got)}/" in page
    assert "in the place of a card that has ended" in desk.page(f"cards/{public_id('card', got)}/")


def test_what_is_set_aside_is_taken_in_parts_and_with_a_tip(desk: Desk) -> None:
    address = place(desk)
    assert "€6.00" in desk.page("authorizations/")
    assert "€2.00 taken" in act(desk, address, "take", amount="2", keep="on")
    page = act(desk, address, "take", amount="4", tip="1.80")
    assert "€5.80 taken" in page
    assert "Captured" in page
    assert balance_minor(desk.given) == 220


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"amount": "6.01"}, "more than was authorized"),
        ({"amount": "6", "tip": "1.81"}, "30 % of the amount"),
        ({"amount": "nothing"}, "Write an amount"),
        ({"amount": ""}, "required"),
    ],
)
def test_what_does_not_fit_is_said_on_the_form(desk: Desk, sent: dict[str, str], words: str) -> None:
    assert words in act(desk, place(desk), "take", **sent)
    assert balance_minor(desk.given) == 1000


def test_what_is_set_aside_is_changed_and_let_go(desk: Desk) -> None:
    address = place(desk)
    assert "not enough value" in act(desk, address, "change", amount="10.01", hours="24")
    page = act(desk, address, "change", amount="8", hours="168")
    assert "€8.00 is set aside now" in page
    assert "In the place of" in page
    assert "Changed into" in desk.browser.get(address).content.decode()
    with scope.merchant(desk.merchant.id), reading():
        anew = Authorization.objects.exclude(replaces_id=None).get().public_id
    assert "€8.00 can be spent again" in act(desk, desk.at(f"authorizations/{anew}/"), "let-go")
    assert "Let go again" in desk.page(f"cards/{desk.given.public_id}/")
    late = desk.browser.post(desk.at(f"authorizations/{anew}/let-go/"), follow=True).content.decode()
    assert "was captured, voided" in late


def test_a_form_sent_twice_takes_once(desk: Desk) -> None:
    address = place(desk)
    sent = {"key": desk.browser.get(address).context["take"].initial["key"], "amount": "2", "keep": "on"}
    for _ in range(2):
        desk.browser.post(f"{address}take/", sent)
    assert balance_minor(desk.given) == 800


def test_money_without_a_receipt_is_told_in_the_timeline(desk: Desk) -> None:
    unlinked_refund(
        merchant_id=desk.merchant.id, card_id=desk.given.id, amount=Money(300, "EUR"), key="u", actor=TESTS,
        now=now(),
    )  # fmt: skip
    assert "Given without a receipt" in desk.page(f"cards/{desk.given.public_id}/")


def test_other_roles_and_other_shops_do_neither_see_nor_act(desk: Desk) -> None:
    address = place(desk)
    give_back(desk, "1")
    with scope.merchant(desk.merchant.id), reading():
        given = Refund.objects.get().public_id
    paths = [
        address, *(f"{address}{verb}/" for verb in ("take", "change", "let-go")),
        *(desk.at(f"redemptions/{desk.redemption}/{end}") for end in (
            "", "refund/", "undo/", f"refunds/{given}/undo/")),
    ]  # fmt: skip
    other = make_shop()
    stranger, cashier = browser_of(owner_of(other)), browser_of(make_member(desk.merchant, "cashier"))
    for path in paths:
        assert stranger.get(path).status_code == 404
        theirs = path.replace(desk.merchant.slug, other.slug)
        assert stranger.post(theirs).status_code in {404, 405}, path
        assert stranger.get(theirs).status_code == 404, path
    for path in (address, desk.at("authorizations/"), desk.at(f"redemptions/{desk.redemption}/")):
        assert cashier.get(path).status_code == 403
    assert (balance_minor(desk.line.card), balance_minor(desk.given)) == (3100, 1000)
    # A refund of another redemption is not undone under this one's address.
    assert desk.browser.post(desk.at(f"redemptions/{desk.redemption}/refunds/ref_x/undo/")).status_code == 404
