"""Value moves from card to card: all of it arrives, nothing lives shorter, nobody else's card is touched."""

from datetime import timedelta

import pytest

from giftwell.domain.cards.close_card import CardHasHolds
from giftwell.domain.cards.ending import NothingOnCard
from giftwell.domain.cards.events import CardMerged, ValueReceived, ValueTransferred
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.keep_card import keep_card
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.models import Card, CloseReason, FreezeReason
from giftwell.domain.cards.moving import CardsDoNotMatch, Moved, SameCard
from giftwell.domain.cards.queries import history_of
from giftwell.domain.cards.refusals import CardIsClosed, CardIsExpired, CardIsFrozen, CardIsPending
from giftwell.domain.cards.transfer_value import transfer_value
from giftwell.domain.ledger.refusals import AmountInvalid, InsufficientFunds, WrongCurrency
from giftwell.domain.ledger.verify import verify
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.idempotency.once import KeyConflict
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.money import Money
from tests.domain.racing import together
from tests.factories.cards import (
    balance_minor,
    code_of,
    make_pending_card,
    make_promo_card,
    make_sold_card,
    read,
)
from tests.factories.catalog import make_program, make_shop
from tests.factories.identity import TESTS, make_person

LONG = 2000


@pytest.fixture
def shop(db) -> Merchant:
    return make_shop()


def move(
    source: Card, target: Card, amount_minor: int = 1000, *, key: str = "m1", currency: str = "EUR", **more
) -> Moved:
    return transfer_value(
        merchant_id=source.merchant_id, source_id=source.id, target_id=target.id,
        amount=Money(amount_minor, currency), key=key, actor=TESTS, now=now(), **more,
    )  # fmt: skip


def merge(source: Card, target: Card, *, key: str = "g1", **more) -> Moved:
    return merge_cards(
        merchant_id=source.merchant_id, source_id=source.id, target_id=target.id, key=key,
        actor=TESTS, now=now(), **more,
    )  # fmt: skip


def hold(card: Card, amount_minor: int) -> None:
    authorize(
        merchant_id=card.merchant_id, code=code_of(card), amount=Money(amount_minor, "EUR"),
        key="hold", actor=TESTS, now=now(),
    )  # fmt: skip


def freeze(card: Card, reason: FreezeReason = FreezeReason.MERCHANT) -> None:
    freeze_card(merchant_id=card.merchant_id, card_id=card.id, reason=reason, actor=TESTS, now=now())


def types_of(card: Card) -> list[str]:
    with scope.merchant(card.merchant_id), reading():
        return list(history_of(card).values_list("type", flat=True))


def refusals(action: str) -> list[str]:
    with scope.platform(), reading():
        rows = AuditRow.objects.filter(action=action, outcome="refused").order_by("id")
        return list(rows.values_list("reason", flat=True))


def test_a_transfer_moves_value_and_both_cards_tell_it(shop: Merchant) -> None:
    one, other = make_sold_card(shop, 5000), make_sold_card(shop, 2000)

    moved = move(one, other, 1500)

    assert (moved.source_balance, moved.target_balance) == (Money(3500, "EUR"), Money(3500, "EUR"))
    assert (balance_minor(one), balance_minor(other)) == (3500, 3500)
    assert types_of(one)[-1] == ValueTransferred.TYPE
    assert types_of(other)[-1] == ValueReceived.TYPE
    assert verify() == []


def test_the_same_key_moves_once_and_answers_the_same_whatever_came_after(shop: Merchant) -> None:
    one, other = make_sold_card(shop, 5000), make_sold_card(shop, 2000)
    first = move(one, other, 1500)
    move(other, one, 3000, key="back")

    again = move(one, other, 1500)

    assert again.is_replay
    assert (again.posting_id, again.source_balance, again.target_balance) == (
        first.posting_id, first.source_balance, first.target_balance,
    )  # fmt: skip
    assert balance_minor(one) == 6500
    with pytest.raises(KeyConflict) as caught:
        move(one, other, 1600)
    assert set(caught.value.errors) == {"amount_minor"}


def test_the_card_that_receives_is_valid_until_the_later_of_both_ends(shop: Merchant) -> None:
    lasting = make_promo_card(shop, program=make_program(shop, funding="promo", validity_days=LONG))
    brief = make_promo_card(shop, program=make_program(shop, funding="promo", validity_days=LONG - 90))
    ends_at = read(lasting).expires_at

    move(brief, lasting)
    assert read(lasting).expires_at == ends_at, "a card never lives shorter for what it received"
    move(lasting, brief, key="m2")

    assert read(brief).expires_at == ends_at, "moved value keeps its validity"
    with scope.merchant(shop.id), reading():
        noted = AuditRow.objects.filter(action=ValueReceived.TYPE, changes__isnull=False)
        assert [list(row.changes) for row in noted] == [["expires_at"]]


def test_value_without_an_end_makes_the_receiving_card_last_for_ever(shop: Merchant) -> None:
    endless = make_promo_card(shop, program=make_program(shop, funding="promo", validity_days=None))
    brief = make_promo_card(shop, program=make_program(shop, funding="promo", validity_days=LONG))

    move(endless, brief)

    assert read(brief).expires_at is None


def test_what_is_authorized_stays_where_it_is(shop: Merchant) -> None:
    one, other = make_sold_card(shop, 5000), make_sold_card(shop, 2000)
    hold(one, 4000)

    with pytest.raises(InsufficientFunds):
        move(one, other, 1001)

    assert refusals(ValueTransferred.TYPE) == ["insufficient_funds"]
    assert move(one, other, 1000).source_balance == Money(4000, "EUR")


def test_only_open_cards_take_part(shop: Merchant) -> None:
    whole = make_sold_card(shop)
    pending, frozen, closed = make_pending_card(shop), make_sold_card(shop), make_sold_card(shop)
    freeze(frozen)
    merge(closed, whole)
    soon = make_sold_card(shop, program=make_program(shop, validity_days=LONG))
    late = now() + timedelta(days=LONG * 10)

    for broken, error in ((pending, CardIsPending), (frozen, CardIsFrozen), (closed, CardIsClosed)):
        with pytest.raises(error) as caught:
            move(broken, whole)
        assert set(caught.value.errors) == {"from"}
        with pytest.raises(error) as caught:
            move(whole, broken)
        assert set(caught.value.errors) == {"to"}
    with pytest.raises(CardIsExpired):
        transfer_value(
            merchant_id=shop.id, source_id=soon.id, target_id=whole.id, amount=Money(1, "EUR"),
            key="late", actor=TESTS, now=late,
        )  # fmt: skip
    assert verify() == []


def test_value_stays_in_its_currency_and_with_whoever_owes_it(shop: Merchant) -> None:
    sold, given = make_sold_card(shop), make_promo_card(shop)
    pounds = make_sold_card(shop, program=make_program(shop, currency="GBP"))

    for other in (given, pounds):
        with pytest.raises(CardsDoNotMatch):
            move(sold, other)
    with pytest.raises(WrongCurrency):
        move(sold, make_sold_card(shop), currency="GBP")


@pytest.mark.parametrize("amount_minor", [0, -5, 10**12])
def test_an_amount_is_above_zero_and_no_more_than_money_can_be(shop: Merchant, amount_minor: int) -> None:
    with pytest.raises(AmountInvalid):
        move(make_sold_card(shop), make_sold_card(shop), amount_minor)


def test_a_card_gives_nothing_to_itself(shop: Merchant) -> None:
    card = make_sold_card(shop)

    with pytest.raises(SameCard):
        move(card, card)


def test_another_merchants_card_does_not_exist(shop: Merchant) -> None:
    mine, theirs = make_sold_card(shop), make_sold_card(make_shop())

    for source, target in ((mine.id, theirs.id), (theirs.id, mine.id)):
        with pytest.raises(CardNotFound):
            transfer_value(
                merchant_id=shop.id, source_id=source, target_id=target, amount=Money(1, "EUR"),
                key=f"x{source}", actor=TESTS, now=now(),
            )  # fmt: skip
    assert balance_minor(theirs) == 5000


def test_a_holder_moves_value_only_out_of_their_own_wallet(shop: Merchant) -> None:
    holder = make_person()
    mine, others = make_sold_card(shop), make_sold_card(shop)
    keep_card(merchant_id=shop.id, card_id=mine.id, holder_id=holder.pk, actor=TESTS, now=now())

    for verb in (move, merge):
        with pytest.raises(CardNotFound):
            verb(others, mine, key="theirs", held_by=holder.pk)

    assert move(mine, others, key="own", held_by=holder.pk).amount == Money(1000, "EUR")
    assert balance_minor(others) == 6000


def test_a_merge_moves_everything_and_ends_the_card(shop: Merchant) -> None:
    one, other = make_sold_card(shop, 5000), make_sold_card(shop, 2000)

    moved = merge(one, other)

    ended = read(one)
    assert (ended.status, ended.close_reason) == ("closed", CloseReason.MERGED)
    assert (balance_minor(one), balance_minor(other)) == (0, 7000)
    assert types_of(one)[-2:] == [CardMerged.TYPE, "card.closed"]
    assert merge(one, other).posting_id == moved.posting_id
    assert verify() == []


def test_a_merge_waits_for_what_a_till_may_still_capture(shop: Merchant) -> None:
    one, other = make_sold_card(shop), make_sold_card(shop)
    hold(one, 10)

    with pytest.raises(CardHasHolds):
        merge(one, other)

    assert read(one).status == "active"
    assert refusals(CardMerged.TYPE) == ["card_has_holds"]


def test_an_empty_card_is_not_merged(shop: Merchant) -> None:
    one, other = make_sold_card(shop), make_sold_card(shop)
    redeem(
        merchant_id=shop.id, code=code_of(one), amount=Money(5000, "EUR"), key="all", actor=TESTS, now=now()
    )

    with pytest.raises(NothingOnCard):
        merge(one, other)


def test_transfers_both_ways_at_once_all_end_and_lose_nothing(own_database) -> None:
    shop = make_shop()
    cards = [make_sold_card(shop, 5000) for _ in range(3)]
    ring = [(cards[i], cards[(i + step) % 3]) for i in range(3) for step in (1, 2)]

    def walk(source: Card, target: Card, key: str):
        return lambda: [move(source, target, 100, key=f"{key}-{turn}") for turn in range(8)]

    answers = together(*(walk(one, other, str(place)) for place, (one, other) in enumerate(ring)))

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert [balance_minor(card) for card in cards] == [5000, 5000, 5000]
    assert verify() == []


def test_of_a_merge_and_a_spend_at_once_each_sees_the_other(own_database) -> None:
    shop = make_shop()
    one, other = make_sold_card(shop, 5000), make_sold_card(shop, 1000)
    code = code_of(one)

    merged, spent = together(
        lambda: merge(one, other),
        lambda: redeem(
            merchant_id=shop.id, code=code, amount=Money(5000, "EUR"), key="s", actor=TESTS, now=now()
        ),
    )

    assert sum(isinstance(answer, DomainError) for answer in (merged, spent)) == 1
    assert balance_minor(one) + balance_minor(other) == (1000 if isinstance(merged, DomainError) else 6000)
    assert verify() == []


def test_one_key_sent_twice_at_once_moves_once(own_database) -> None:
    shop = make_shop()
    one, other = make_sold_card(shop, 5000), make_sold_card(shop, 1000)

    answers = together(*(lambda: move(one, other, 700) for _ in range(3)))

    assert {answer.posting_id for answer in answers} == {answers[0].posting_id}
    assert balance_minor(one) == 4300
