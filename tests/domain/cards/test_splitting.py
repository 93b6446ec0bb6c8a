"""A card is divided as asked or not at all, and each part is a card like the whole."""

import pytest

from giftwell.domain.cards.events import CardSplit
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, CloseReason, FreezeReason
from giftwell.domain.cards.queries import history_of
from giftwell.domain.cards.refusals import CardIsFrozen, CardIsPending
from giftwell.domain.cards.split_card import PartsAreInvalid, Split, split_card
from giftwell.domain.ledger.refusals import InsufficientFunds
from giftwell.domain.ledger.verify import verify
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.idempotency.once import KeyConflict
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.racing import together
from tests.factories.cards import balance_minor, code_of, make_pending_card, make_sold_card, read
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_person


@pytest.fixture
def shop(db) -> Merchant:
    return make_shop()


def divide(card: Card, *amounts_minor: int, key: str = "d1", **more) -> Split:
    return split_card(
        merchant_id=card.merchant_id, card_id=card.id, amounts_minor=amounts_minor, key=key,
        actor=TESTS, now=now(), **more,
    )  # fmt: skip


def test_parts_are_cards_of_their_own_and_the_rest_stays(shop: Merchant) -> None:
    whole = make_sold_card(shop, 5000)

    split = divide(whole, 1500, 1000)

    first, second = (part.card for part in split.parts)
    assert split.left == Money(2500, "EUR")
    assert [balance_minor(card) for card in (whole, first, second)] == [2500, 1500, 1000]
    assert len({code_of(card) for card in (whole, first, second)}) == 3
    assert (first.program_id, first.expires_at, first.split_from_id) == (
        whole.program_id, read(whole).expires_at, whole.id,
    )  # fmt: skip
    redeem(
        merchant_id=shop.id, code=code_of(first), amount=Money(1500, "EUR"), key="s", actor=TESTS, now=now()
    )
    assert verify() == []


def test_a_card_divided_to_the_last_cent_ends(shop: Merchant) -> None:
    whole = make_sold_card(shop, 5000)

    divide(whole, 2500, 2500)

    ended = read(whole)
    assert (ended.status, ended.close_reason) == ("closed", CloseReason.SPLIT)
    assert verify() == []


def test_the_same_key_divides_once_and_gives_the_same_answer(shop: Merchant) -> None:
    whole = make_sold_card(shop, 5000)
    first = divide(whole, 1500, 1000)
    divide(whole, 500, key="d2")

    again = divide(whole, 1500, 1000)

    assert again.is_replay
    assert again.left == first.left == Money(2500, "EUR")
    assert [(part.card.id, part.moved.amount) for part in again.parts] == [
        (part.card.id, part.moved.amount) for part in first.parts
    ]
    with pytest.raises(KeyConflict):
        divide(whole, 1500, 1001)


@pytest.mark.parametrize("amounts_minor", [(), (0, 10), (-1, 10), (5000,), (1,) * 51, (10**12, 1)])
def test_parts_make_sense(shop: Merchant, amounts_minor: tuple[int, ...]) -> None:
    with pytest.raises(PartsAreInvalid):
        divide(make_sold_card(shop, 5000), *amounts_minor)


def test_parts_of_more_than_there_is_leave_nothing_behind(shop: Merchant) -> None:
    whole = make_sold_card(shop, 5000)

    with pytest.raises(InsufficientFunds):
        divide(whole, 3000, 2001)

    assert balance_minor(whole) == 5000
    assert not Card.objects.filter(split_from=whole).exists()
    assert verify() == []


def test_only_an_open_card_of_the_merchant_and_the_holder_is_divided(shop: Merchant) -> None:
    frozen = make_sold_card(shop)
    freeze_card(merchant_id=shop.id, card_id=frozen.id, reason=FreezeReason.MERCHANT, actor=TESTS, now=now())

    with pytest.raises(CardIsFrozen):
        divide(frozen, 10, 10)
    with pytest.raises(CardIsPending):
        divide(make_pending_card(shop), 10, 10, key="d2")
    with pytest.raises(CardNotFound):
        divide(make_sold_card(shop), 10, 10, key="d3", held_by=make_person().pk)
    theirs = make_sold_card(make_shop())
    with pytest.raises(CardNotFound):
        split_card(
            merchant_id=shop.id, card_id=theirs.id, amounts_minor=[1, 1], key="d4", actor=TESTS, now=now()
        )


def test_two_divisions_at_once_never_give_out_more_than_there_is(own_database) -> None:
    shop = make_shop()
    whole = make_sold_card(shop, 5000)

    answers = together(*(lambda key=f"d{i}": divide(whole, 2000, 1000, key=key) for i in range(3)))

    assert [type(answer) for answer in answers].count(Split) == 1
    assert balance_minor(whole) == 2000
    assert verify() == []


def test_the_event_of_a_division_names_the_parts_and_no_code(shop: Merchant) -> None:
    whole = make_sold_card(shop, 5000)

    split = divide(whole, 1500, 1000)

    with scope.merchant(shop.id), reading():
        event = history_of(whole).get(type=CardSplit.TYPE)
    assert event.data == {
        "cards": [part.card.public_id for part in split.parts], "amount_minor": 2500,
        "balance_minor": 2500, "currency": "EUR",
    }  # fmt: skip
