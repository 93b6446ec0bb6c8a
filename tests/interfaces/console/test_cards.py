"""Cards at the desk: found by equality, told from their events, changed by those who may."""

import pytest
from django.test import Client

from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import FreezeReason
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import ROLES, Permission
from giftwell.kit import codes
from giftwell.kit.clock import now
from tests.factories.cards import balance_minor, code_of, read
from tests.factories.catalog import design_of, promo_of
from tests.factories.identity import TESTS
from tests.interfaces.console.conftest import Desk


def listed(desk: Desk, **wanted: str) -> list[str]:
    answer = desk.browser.get(desk.at("cards/"), wanted)
    return [row.card.public_id for row in answer.context["rows"]]


def test_cards_are_found_by_last_four_and_by_the_number_of_their_order(desk: Desk) -> None:
    sold, given = desk.line.card, desk.given
    assert set(listed(desk)) == {sold.public_id, given.public_id}
    assert listed(desk, q=given.last4.lower()) == [given.public_id]
    assert listed(desk, q=desk.order.number) == [sold.public_id]


def test_no_part_of_a_code_finds_a_card(desk: Desk) -> None:
    code = code_of(desk.given)
    for text in (code, codes.display(code), code[-3:], code[:4], code[-5:], "%", "____"):
        assert listed(desk, q=text) == []


def test_filters_narrow_and_nonsense_finds_nothing(desk: Desk) -> None:
    assert listed(desk, program=promo_of(desk.merchant).public_id) == [desk.given.public_id]
    assert listed(desk, program="prog_x") == []
    assert listed(desk, status="closed") == []
    assert "No card matches" in desk.page("cards/?status=closed")
    assert desk.browser.get(desk.at("cards/?cursor=nonsense")).status_code == 422


def test_a_list_goes_on_by_cursor(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from giftwell.interfaces.console import cards, paged

    def one_a_page(request: object, rows: object, *, at: str) -> object:
        return paged.shown_page(request, rows, at=at, limit=1)  # type: ignore[arg-type]

    monkeypatch.setattr(cards, "shown_page", one_a_page)
    first = desk.browser.get(desk.at("cards/"))
    second = desk.browser.get(desk.at("cards/") + first.context["page"].older)
    assert first.context["page"].first == ""
    assert second.context["page"].older == ""
    shown = [answer.context["rows"][0].card.public_id for answer in (first, second)]
    assert shown == [desk.given.public_id, desk.line.card.public_id]


def test_a_cards_page_tells_its_life_with_names_and_amounts(desk: Desk) -> None:
    page = desk.page(f"cards/{desk.line.card.public_id}/")
    for told in (
        "Issued",
        "Activated and loaded",
        "Redeemed at",
        chr(0x2212) + "€20.00",
        "€30.00 left",
        "Maja",
        desk.order.number,
    ):
        assert told in page


def test_no_page_shows_a_code_that_was_not_asked_for(desk: Desk) -> None:
    code = code_of(desk.line.card)
    for path in desk.pages():
        page = desk.browser.get(desk.at(path)).content.decode()
        assert code not in page, path
        assert codes.display(code) not in page, path


def test_a_code_is_shown_once_to_who_asks_and_that_is_written_down(desk: Desk) -> None:
    address = desk.at(f"cards/{desk.given.public_id}/code/")
    answer = desk.browser.post(address)
    assert codes.display(code_of(desk.given)) in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    with scope.merchant(desk.merchant.id), reading():
        row = AuditRow.objects.filter(
            merchant_id=desk.merchant.id, action="card.code_revealed", actor=f"person:{desk.owner.public_id}"
        ).get()
    assert row.subject == desk.given.public_id
    assert desk.browser.get(address).status_code == 405


def test_a_role_that_may_not_reveal_sees_no_button_and_no_code(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ROLES, "owner", ROLES["owner"] - {Permission.CARDS_REVEAL})
    assert "Show the code" not in desk.page(f"cards/{desk.given.public_id}/")
    assert desk.browser.post(desk.at(f"cards/{desk.given.public_id}/code/")).status_code == 403


def test_a_card_is_frozen_and_freed_again(desk: Desk) -> None:
    card = desk.given
    desk.browser.post(desk.at(f"cards/{card.public_id}/freeze/"))
    assert read(card).status == "frozen"
    assert "Frozen by the shop" in desk.page(f"cards/{card.public_id}/")
    desk.browser.post(desk.at(f"cards/{card.public_id}/unfreeze/"))
    assert read(card).status == "active"


def test_the_shop_cannot_lift_another_ones_freeze(desk: Desk) -> None:
    card = desk.given
    freeze_card(
        merchant_id=desk.merchant.id, card_id=card.id, reason=FreezeReason.RISK, actor=TESTS, now=now()
    )
    desk.browser.post(desk.at(f"cards/{card.public_id}/freeze/"))
    answer = desk.browser.post(desk.at(f"cards/{card.public_id}/unfreeze/"), follow=True)
    assert read(card).status == "frozen"
    assert "still frozen by somebody else" in answer.content.decode()


def test_closing_asks_by_name_and_gives_the_value_back_to_the_shop(desk: Desk) -> None:
    card = desk.given
    assert f"Close card {card.last4}?" in desk.page(f"cards/{card.public_id}/close/")
    desk.browser.post(desk.at(f"cards/{card.public_id}/close/"))
    assert (read(card).status, balance_minor(card)) == ("closed", 0)


def test_a_card_that_somebody_paid_for_is_not_closed_with_money_on_it(desk: Desk) -> None:
    card = desk.line.card
    assert "has to be spent, or refunded" in desk.page(f"cards/{card.public_id}/close/")
    answer = desk.browser.post(desk.at(f"cards/{card.public_id}/close/"), follow=True)
    assert "Refund it before closing" in answer.content.decode()
    assert read(card).status == "active"


def issue(desk: Desk, **changes: object):
    first = desk.browser.get(desk.at("cards/issue/")).context["form"].initial
    sent = {
        "key": first["key"], "program": promo_of(desk.merchant).public_id, "value": "25", "count": "3",
        "design": design_of(desk.merchant).public_id, **changes,
    }  # fmt: skip
    return desk.browser.post(desk.at("cards/issue/"), sent), sent


def test_cards_given_away_are_issued_once_however_often_the_form_is_sent(desk: Desk) -> None:
    answer, sent = issue(desk)
    assert "?batch=card_" in answer.headers["Location"]
    assert len(desk.browser.get(answer.headers["Location"]).context["rows"]) == 3
    again = desk.browser.post(desk.at("cards/issue/"), sent)
    assert again.headers["Location"] == answer.headers["Location"]
    assert len(listed(desk)) == 5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"count": "101"}, "100"), ({"count": "0"}, "1"), ({"value": "0"}, "do not come in that value"),
        ({"value": "-5"}, "Write an amount"), ({"value": "99999999"}, "do not come in that value"),
        ({"program": "prog_x"}, "valid choice"), ({"key": "somebody's"}, "valid value"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_issue_is_said_and_nothing_is_issued(
    desk: Desk, changes: dict[str, str], said: str
) -> None:
    answer, _ = issue(desk, **changes)
    assert answer.status_code == 200
    assert said in answer.content.decode() or "key" in changes
    assert len(listed(desk)) == 2


def test_an_escrow_program_is_not_offered_for_giving_away(desk: Desk) -> None:
    from tests.factories.catalog import escrow_of

    answer, _ = issue(desk, program=escrow_of(desk.merchant).public_id)
    assert "valid choice" in answer.content.decode()
    assert len(listed(desk)) == 2


def test_unknown_fields_are_refused(desk: Desk) -> None:
    answer, _ = issue(desk, price_minor="1")
    assert answer.status_code == 422
    assert (
        desk.browser.post(desk.at(f"cards/{desk.given.public_id}/freeze/"), {"reason": "risk"}).status_code
        == 422
    )


def test_an_empty_list_teaches_the_next_step(empty: tuple[Client, str]) -> None:
    browser, home = empty
    assert "The first card will stand here" in browser.get(f"{home}cards/").content.decode()
