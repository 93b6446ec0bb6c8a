"""What a holder does with the value of a card: said before it is done, done once, told afterwards."""

import pytest

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import cards_held_by
from giftwell.domain.ledger.verify import verify
from giftwell.domain.redemption.authorize import authorize
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.limiting import per_minute
from giftwell.interfaces.wallet import act_forms
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from giftwell.kit.money import Money
from tests.factories.cards import balance_minor, code_of, make_promo_card, make_sold_card, read
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_person
from tests.interfaces.wallet.people import Holder, kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def maja() -> Holder:
    return Holder(make_person(email="maja@example.com"))


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def card(shop: Merchant, maja: Holder) -> Card:
    return kept(make_sold_card(shop), maja)


def wallet(holder: Holder) -> set[str]:
    with scope.person(holder.person.pk), reading():
        return {card.public_id for card in cards_held_by(holder.person.pk) if card.status != "closed"}


def refusals(action: str) -> list[tuple[str, str]]:
    with scope.platform(), reading():
        rows = AuditRow.objects.filter(action=action, outcome="refused").order_by("id")
        return list(rows.values_list("reason", "subject"))


def test_value_moves_to_a_card_of_ones_own_after_it_was_said(
    shop: Merchant, maja: Holder, card: Card
) -> None:
    other = kept(make_sold_card(shop, 2000), maja)
    said, _ = maja.said(card, "move/", target=other.public_id, amount="15")
    assert "€15.00 goes to your card" in said
    assert "You can move it back" in said

    page = maja.do(card, "move/", target=other.public_id, amount="15")

    assert f"€15.00 moved to card {other.last4}" in page
    assert f"Received from card {card.last4}" in maja.page(other)
    assert (balance_minor(card), balance_minor(other)) == (3500, 3500)
    assert verify() == []


def test_value_goes_to_somebody_elses_card_by_its_code_alone(
    shop: Merchant, maja: Holder, card: Card
) -> None:
    theirs = kept(make_sold_card(shop, 1000), Holder(make_person()))
    said, sent = maja.said(card, "move/", target="code", code=display(code_of(theirs)), amount="50")
    assert "Only they can give it back" in said
    assert code_of(theirs) not in said.replace("-", "")
    assert theirs.public_id not in said
    bare = maja.send(card, "move/", {**sent, "target": theirs.public_id})
    assert "Choose the card again" in bare.content.decode(), "a card is not named by its id alone"
    stolen = Holder(make_person())
    mine = kept(make_sold_card(shop, 1000), stolen)
    assert "Choose the card again" in stolen.send(mine, "move/", sent).content.decode(), (
        "nor by another's word"
    )

    for _ in range(2):
        maja.send(card, "move/", sent)

    assert (balance_minor(card), balance_minor(theirs), balance_minor(mine)) == (0, 6000, 1000)


@pytest.mark.parametrize("code", ["", "x", "7K4M", "x" * 17, "foreign", "self"])
def test_a_code_that_is_no_other_card_of_this_shop_moves_nothing(maja: Holder, card: Card, code: str) -> None:
    foreign = make_sold_card(make_shop())
    typed = {"foreign": code_of(foreign), "self": code_of(card)}.get(code, code)
    page = maja.ask(card, "move/", target="code", code=typed, amount="5").content.decode()
    words = {"": "Write the code of the card", "self": "this card itself"}
    assert words.get(code, "has this code") in page
    assert balance_minor(foreign) == balance_minor(card) == 5000


def test_codes_are_not_tried_without_end(
    maja: Holder, card: Card, shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(act_forms, "CODES_OF_A_PERSON", per_minute(2))
    for _ in range(2):
        maja.ask(card, "move/", target="code", code="x", amount="5")
    right = code_of(make_sold_card(shop))
    page = maja.ask(card, "move/", target="code", code=right, amount="5").content.decode()
    assert "Many codes were tried" in page


def test_what_a_verb_refuses_stands_on_the_form_and_in_the_audit(
    shop: Merchant, maja: Holder, card: Card
) -> None:
    other, given = kept(make_sold_card(shop), maja), make_promo_card(shop)
    for target, code, amount, words, reason in (
        (other.public_id, "", "50.01", "not enough value", "insufficient_funds"),
        ("code", code_of(given), "1", "same funding", "cards_do_not_match"),
    ):
        _, sent = maja.said(card, "move/", target=target, code=code, amount=amount)
        assert words in maja.send(card, "move/", sent).content.decode()
        assert refusals("card.value_transferred")[-1] == (reason, card.public_id)
    assert balance_minor(card) == 5000
    assert "Write an amount" in maja.ask(card, "move/", target=other.public_id, amount="all").content.decode()


def test_two_cards_become_one(shop: Merchant, maja: Holder, card: Card) -> None:
    assert "no other card" in maja.page(card, "merge/")
    other = kept(make_sold_card(shop, 2000), maja)
    said, _ = maja.said(card, "merge/", target=other.public_id)
    assert "cannot be undone" in said

    page = maja.do(card, "merge/", target=other.public_id)

    assert "€70.00 to spend" in page
    assert f"Card {card.last4} was merged into this one" in page
    assert "went on to other cards" in maja.page(card)
    assert wallet(maja) == {other.public_id}
    assert card.public_id not in maja.browser.get("/wallet/").content.decode()
    kept(make_sold_card(shop), maja)
    stranger = kept(make_sold_card(shop), Holder(make_person()))
    answer = maja.ask(other, "merge/", target=stranger.public_id).content.decode()
    assert 'name="confirmed" value="on"' not in answer, "only with a card of one's own"


def test_a_card_is_split_into_several_each_in_the_wallet(maja: Holder, card: Card) -> None:
    said, _ = maja.said(card, "split/", amount_1="10", amount_3="15.50")
    assert "You get 2 new cards" in said
    assert "€24.50 stays on card" in said

    page = maja.do(card, "split/", amount_1="10", amount_3="15.50")

    assert "Your new cards" in page
    assert "Split into new cards" in page
    assert len(wallet(maja)) == 3
    assert balance_minor(card) == 2450
    whole, _ = maja.said(card, "split/", amount_1="20", amount_2="4.50")
    assert "Nothing stays on card" in whole
    assert "at least 2 to divide" in _refused(maja, card, amount_1="24.50")
    assert verify() == []


def _refused(holder: Holder, card: Card, **asked: str) -> str:
    _, sent = holder.said(card, "split/", **asked)
    return str(holder.send(card, "split/", sent).content.decode())


def test_a_lost_card_goes_on_as_another_and_its_code_is_dead_at_once(maja: Holder, card: Card) -> None:
    old = code_of(card)
    said, _ = maja.said(card, "lost/")
    assert "worth nothing from this moment" in said

    page = maja.do(card, "lost/")

    assert f"Carries lost card {card.last4} on" in page
    assert "€50.00 to spend" in page
    (new,) = wallet(maja)
    assert new != card.public_id
    shown = maja.browser.post(f"/wallet/cards/{new}/code/").content.decode()
    assert "Show this at the till" in shown
    assert display(old) not in shown
    assert f"/wallet/cards/{new}/" in maja.page(card), "the lost card leads to the one that carries it on"
    assert maja.browser.post(maja.at(card, "code/")).status_code == 409


def test_a_frozen_card_is_still_reported_lost_by_who_froze_it(maja: Holder, card: Card) -> None:
    maja.browser.post(maja.at(card, "freeze/"))
    assert "Report this card lost" in maja.page(card)
    assert "€50.00 to spend" in maja.do(card, "lost/")


def test_while_a_till_may_still_capture_a_lost_card_says_what_to_do(maja: Holder, card: Card) -> None:
    authorize(
        merchant_id=card.merchant_id, code=code_of(card), amount=Money(1000, "EUR"), key="a",
        actor=TESTS, now=now(),
    )  # fmt: skip
    page = maja.do(card, "lost/")

    assert "Freeze the card now" in " ".join(page.split())
    assert refusals("card.replaced") == [("card_has_holds", card.public_id)]
    assert read(card).status == "active"
    assert "€40.00 to spend" in maja.page(card)


@pytest.mark.parametrize("path", ["move/", "merge/", "split/", "lost/", "top-up/"])
def test_an_unknown_field_is_refused_as_a_whole(maja: Holder, card: Card, path: str) -> None:
    answer = maja.send(card, path, {"key": "x" * 32, "held_by": "somebody", "amount": "1"})
    assert answer.status_code == 422
    assert balance_minor(card) == 5000
