"""A lost card's code is dead at once, its value goes on, and its history is not lost with it."""

import pytest

from giftwell.domain.cards.close_card import CardHasHolds
from giftwell.domain.cards.ending import NothingOnCard
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.keep_card import keep_card
from giftwell.domain.cards.lineage import carried_on, predecessors_of
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, CloseReason, FreezeReason
from giftwell.domain.cards.moving import Moved
from giftwell.domain.cards.refusals import CardIsClosed, CardIsFrozen, CardIsPending
from giftwell.domain.cards.replace_card import replace_card
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.ledger.verify import verify
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.money import Money
from tests.domain.racing import together
from tests.factories.cards import balance_minor, code_of, make_pending_card, make_sold_card, read
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_person


@pytest.fixture
def shop(db) -> Merchant:
    return make_shop()


def replace(card: Card, *, key: str = "r1", **more) -> Moved:
    return replace_card(
        merchant_id=card.merchant_id, card_id=card.id, key=key, actor=TESTS, now=now(), **more
    )


def card_after(moved: Moved, shop: Merchant) -> Card:
    with scope.merchant(shop.id), reading():
        return Card.objects.get(id=moved.target_id)


def spend(shop: Merchant, code: str, amount_minor: int = 100) -> None:
    redeem(merchant_id=shop.id, code=code, amount=Money(amount_minor, "EUR"), key="s", actor=TESTS, now=now())


def freeze(card: Card, reason: FreezeReason) -> None:
    freeze_card(merchant_id=card.merchant_id, card_id=card.id, reason=reason, actor=TESTS, now=now())


def test_the_value_goes_on_under_a_new_code_and_the_old_one_is_dead(shop: Merchant) -> None:
    lost = make_sold_card(shop, 5000)
    old_code = code_of(lost)

    card = card_after(replace(lost), shop)

    ended = read(lost)
    assert (ended.status, ended.close_reason, balance_minor(lost)) == ("closed", CloseReason.REPLACED, 0)
    assert (card.status, balance_minor(card), card.expires_at) == ("active", 5000, ended.expires_at)
    assert code_of(card) != old_code
    with pytest.raises(DomainError) as caught:
        spend(shop, old_code)
    assert caught.value.code == "card_is_closed"
    with pytest.raises(CardIsClosed):
        reveal_code(merchant_id=shop.id, card_id=lost.id, actor=TESTS, now=now())
    spend(shop, code_of(card))
    assert verify() == []


def test_the_line_of_cards_is_followed_both_ways(shop: Merchant) -> None:
    first = make_sold_card(shop)
    second = card_after(replace(first), shop)
    third = card_after(replace(second, key="r2"), shop)

    with scope.merchant(shop.id), reading():
        assert predecessors_of(third) == [second, first]
        assert carried_on(read(first)) == third
        assert carried_on(third) == third


def test_the_same_key_replaces_once(shop: Merchant) -> None:
    lost = make_sold_card(shop)
    first = replace(lost)

    again = replace(lost)

    assert (again.is_replay, again.target_id, again.amount) == (True, first.target_id, first.amount)
    with pytest.raises(CardIsClosed):
        replace(lost, key="r2")


def test_a_card_is_replaced_after_its_holder_froze_it_but_no_other_freeze_is_slipped_out_of(
    shop: Merchant,
) -> None:
    mine, suspect = make_sold_card(shop), make_sold_card(shop)
    freeze(mine, FreezeReason.HOLDER)
    freeze(suspect, FreezeReason.HOLDER)
    freeze(suspect, FreezeReason.RISK)

    assert card_after(replace(mine), shop).status == "active"
    with pytest.raises(CardIsFrozen):
        replace(suspect, key="r2")
    assert verify() == []


def test_a_replacement_waits_for_what_a_till_may_still_capture(shop: Merchant) -> None:
    lost = make_sold_card(shop)
    authorize(
        merchant_id=shop.id, code=code_of(lost), amount=Money(10, "EUR"), key="a", actor=TESTS, now=now()
    )

    with pytest.raises(CardHasHolds):
        replace(lost)

    assert read(lost).status == "active"


def test_there_must_be_something_to_rescue(shop: Merchant) -> None:
    empty = make_sold_card(shop)
    spend(shop, code_of(empty), 5000)

    with pytest.raises(NothingOnCard):
        replace(empty)
    with pytest.raises(CardIsPending):
        replace(make_pending_card(shop), key="r2")


def test_a_holder_replaces_their_own_card_only_and_keeps_the_new_one(shop: Merchant) -> None:
    holder, card = make_person(), make_sold_card(shop)

    with pytest.raises(CardNotFound):
        replace(card, held_by=holder.pk)
    keep_card(merchant_id=shop.id, card_id=card.id, holder_id=holder.pk, actor=TESTS, now=now())

    assert card_after(replace(card, key="r2", held_by=holder.pk), shop).holder_id == holder.pk


def test_another_merchants_card_is_not_replaced(shop: Merchant) -> None:
    theirs = make_sold_card(make_shop())

    with pytest.raises(CardNotFound):
        replace_card(merchant_id=shop.id, card_id=theirs.id, key="x", actor=TESTS, now=now())


def test_of_a_replacement_and_a_thief_at_once_the_value_goes_one_way(own_database) -> None:
    shop = make_shop()
    lost = make_sold_card(shop, 5000)
    code = code_of(lost)

    moved, stolen = together(lambda: replace(lost), lambda: spend(shop, code, 5000))

    assert isinstance(moved, DomainError) != isinstance(stolen, DomainError)
    assert verify() == []


def test_a_card_is_replaced_by_one_card(own_database) -> None:
    shop = make_shop()
    lost = make_sold_card(shop)

    answers = together(*(lambda key=f"r{i}": replace(lost, key=key) for i in range(3)))

    assert [type(answer) for answer in answers].count(Moved) == 1
    assert verify() == []
