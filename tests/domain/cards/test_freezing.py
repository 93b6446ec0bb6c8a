"""Freezes add up, closing is for good, and neither loses money."""

from datetime import timedelta

import pytest

from giftwell.domain.cards.close_card import CardHasBalance, CardHasHolds, close_card
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.keep_card import CardIsKept, keep_card
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, CardFreeze, CloseReason, FreezeReason
from giftwell.domain.cards.queries import (
    CardFilter,
    cards_held_by,
    cards_of,
    find_card,
    history_of,
    shown_state,
)
from giftwell.domain.cards.refusals import CardIsClosed, CardIsPending
from giftwell.domain.cards.unfreeze_card import unfreeze_card
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.redeem import redeem
from giftwell.domain.redemption.refusals import REFUSALS
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.money import Money
from tests.domain.books import credit_of
from tests.domain.racing import together
from tests.factories.cards import (
    activate,
    balance_minor,
    code_of,
    make_pending_card,
    make_promo_card,
    make_sold_card,
    read,
    settle,
)
from tests.factories.catalog import make_shop, promo_of
from tests.factories.identity import TESTS, make_person

HOLDER, MERCHANT, RISK = FreezeReason.HOLDER, FreezeReason.MERCHANT, FreezeReason.RISK


def _freeze(card: Card, reason: FreezeReason = MERCHANT) -> Card:
    return freeze_card(merchant_id=card.merchant_id, card_id=card.id, reason=reason, actor=TESTS, now=now())


def _unfreeze(card: Card, reason: FreezeReason = MERCHANT) -> Card:
    return unfreeze_card(merchant_id=card.merchant_id, card_id=card.id, reason=reason, actor=TESTS, now=now())


def _close(card: Card, reason: CloseReason = CloseReason.CANCELLED) -> Card:
    return close_card(merchant_id=card.merchant_id, card_id=card.id, reason=reason, actor=TESTS, now=now())


def _spend(card: Card, code: str, amount_minor: int = 1000, key: str = "s1") -> object:
    return redeem(
        merchant_id=card.merchant_id,
        code=code,
        amount=Money(amount_minor, "EUR"),
        key=key,
        actor=TESTS,
        now=now(),
    )


@pytest.mark.django_db
def test_a_frozen_card_cannot_be_spent_until_every_reason_is_cleared() -> None:
    card = make_promo_card(make_shop())
    code = code_of(card)
    _freeze(card, HOLDER)
    _freeze(card, RISK)
    assert _unfreeze(card, HOLDER).status == "frozen"
    with pytest.raises(REFUSALS["card_is_frozen"]):
        _spend(card, code)
    assert _unfreeze(card, RISK).status == "active"
    _spend(card, code)
    assert balance_minor(card) == 4000


@pytest.mark.django_db
def test_freezing_twice_for_one_reason_is_one_freeze_and_one_event() -> None:
    card = make_promo_card(make_shop())
    _freeze(card)
    _freeze(card)
    assert _unfreeze(card).status == "active"
    assert _unfreeze(card).status == "active"
    with scope.merchant(card.merchant_id), reading():
        assert CardFreeze.objects.filter(card=card).count() == 1
        told = [event.type for event in history_of(card)]
    assert told == ["card.issued", "card.activated", "card.frozen", "card.unfrozen"]


@pytest.mark.django_db
def test_a_card_can_be_frozen_again_for_the_same_reason() -> None:
    card = make_promo_card(make_shop())
    for _ in range(2):
        assert _freeze(card).status == "frozen"
        assert _unfreeze(card).status == "active"


@pytest.mark.django_db
def test_a_pending_card_is_not_frozen_and_a_closed_one_not_touched() -> None:
    merchant = make_shop()
    with pytest.raises(CardIsPending):
        _freeze(make_pending_card(merchant))
    closed = _close(make_promo_card(merchant))
    for verb in (_freeze, _unfreeze):
        with pytest.raises(CardIsClosed):
            verb(closed)


@pytest.mark.django_db
def test_another_merchants_card_is_not_there() -> None:
    card, other = make_promo_card(make_shop()), make_shop()
    with pytest.raises(CardNotFound):
        freeze_card(merchant_id=other.id, card_id=card.id, reason=MERCHANT, actor=TESTS, now=now())
    with scope.merchant(other.id), reading(), pytest.raises(CardNotFound):
        find_card(other.id, card.id)
    assert read(card).status == "active"


@pytest.mark.django_db
def test_closing_a_promo_card_gives_its_value_back_to_the_merchant() -> None:
    merchant = make_shop()
    card = make_promo_card(merchant)
    _spend(card, code_of(card), 1500)
    assert _close(card).close_reason == "cancelled"
    assert balance_minor(card) == 0
    assert credit_of("issued", owner=merchant.id) == 0
    with pytest.raises(CardIsClosed):
        code_of(card)
    assert _close(card).status == "closed"
    with pytest.raises(CardIsClosed):
        _close(card, CloseReason.FRAUD)


@pytest.mark.django_db
def test_money_that_somebody_paid_is_refunded_and_not_swallowed_by_closing() -> None:
    card = make_sold_card(make_shop())
    with pytest.raises(CardHasBalance):
        _close(card)
    assert (read(card).status, balance_minor(card)) == ("active", 5000)


@pytest.mark.django_db
def test_a_spent_escrow_card_can_be_closed() -> None:
    card = make_sold_card(make_shop())
    _spend(card, code_of(card), 5000)
    assert _close(card, CloseReason.REFUNDED).close_reason == "refunded"


@pytest.mark.django_db
def test_a_card_with_a_live_hold_is_not_closed() -> None:
    card = make_promo_card(make_shop())
    authorize(
        merchant_id=card.merchant_id, code=code_of(card), amount=Money(1000, "EUR"), key="a1",
        expires_in_seconds=60, actor=TESTS, now=now(),
    )  # fmt: skip
    with pytest.raises(CardHasHolds):
        _close(card)
    later = now() + timedelta(minutes=2)
    closed = close_card(merchant_id=card.merchant_id, card_id=card.id, actor=TESTS, now=later)
    assert (closed.status, balance_minor(card)) == ("closed", 0)


@pytest.mark.django_db
def test_a_card_is_kept_by_one_person_who_sees_it_in_their_own_scope() -> None:
    card = make_sold_card(make_shop())
    maja, jonas = make_person(), make_person()
    for _ in range(2):
        keep_card(merchant_id=card.merchant_id, card_id=card.id, holder_id=maja.id, actor=TESTS, now=now())
    with pytest.raises(CardIsKept):
        keep_card(merchant_id=card.merchant_id, card_id=card.id, holder_id=jonas.id, actor=TESTS, now=now())
    with scope.person(maja.id), reading():
        assert [one.id for one in cards_held_by(maja.id)] == [card.id]
    with scope.person(jonas.id), reading():
        assert not cards_held_by(maja.id).exists()


@pytest.mark.django_db
def test_a_list_is_narrowed_by_whole_fields_of_one_merchant() -> None:
    merchant, other = make_shop(), make_shop()
    sold, given, foreign = make_sold_card(merchant), make_promo_card(merchant), make_promo_card(other)
    _freeze(given)
    assert sold.order_line_id is not None

    def found(**wanted: object) -> set[object]:
        with scope.merchant(merchant.id), reading():
            return {card.id for card in cards_of(merchant.id, CardFilter(**wanted))}  # type: ignore[arg-type]

    assert found() == {sold.id, given.id}
    assert found(status="frozen") == {given.id}
    assert found(last4=sold.last4.lower()) >= {sold.id}
    assert found(last4=sold.last4[:3]) == set()
    assert found(program_id=promo_of(merchant).id) == {given.id}
    assert found(order_line_ids=[sold.order_line_id]) == {sold.id}
    assert foreign.id not in found(last4=foreign.last4)


@pytest.mark.django_db
def test_states_that_people_see_are_derived_from_what_is_stored() -> None:
    card = make_promo_card(make_shop())
    assert card.expires_at is not None
    assert shown_state(card, 5000, now()) == "active"
    assert shown_state(card, 0, now()) == "depleted"
    assert shown_state(card, 5000, card.expires_at - timedelta(days=3)) == "expiring_soon"
    assert shown_state(card, 5000, card.expires_at + timedelta(seconds=1)) == "expired"
    assert shown_state(_freeze(card), 5000, now()) == "frozen"


@pytest.mark.usefixtures("own_database")
def test_a_card_activated_many_times_at_once_is_loaded_once() -> None:
    merchant = make_shop()
    card = make_pending_card(merchant)
    settle(merchant, 10_000)
    outcomes = together(*[lambda: activate(card) for _ in range(6)])
    assert all(isinstance(outcome, Card) for outcome in outcomes), outcomes
    assert balance_minor(card) == 5000
    assert credit_of("unapplied") == 5000
    assert len({bytes(outcome.code_hash or b"") for outcome in outcomes}) == 1
    with scope.merchant(merchant.id), reading():
        assert [event.type for event in history_of(card)].count("card.activated") == 1


@pytest.mark.usefixtures("own_database")
def test_activation_against_cancellation_has_one_winner() -> None:
    merchant = make_shop()
    for _ in range(5):
        card = make_pending_card(merchant)
        settle(merchant, 5000)
        loaded, ended = together(lambda card=card: activate(card), lambda card=card: _close(card))
        state = (read(card).status, balance_minor(card))
        if isinstance(loaded, Card):
            assert state == ("active", 5000)
            assert isinstance(ended, CardHasBalance)
        else:
            assert isinstance(loaded, CardIsClosed)
            assert state == ("closed", 0)


@pytest.mark.usefixtures("own_database")
def test_freezes_and_activations_at_once_leave_the_card_frozen_and_loaded_once() -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    settle(merchant, 5000)
    together(
        lambda: _freeze(card, HOLDER),
        lambda: activate(card),
        lambda: _freeze(card, RISK),
        lambda: activate(card),
        lambda: _freeze(card, HOLDER),
    )
    assert (read(card).status, balance_minor(card)) == ("frozen", 5000)
    with scope.merchant(merchant.id), reading():
        assert CardFreeze.objects.filter(card=card, cleared_at=None).count() == 2


@pytest.mark.usefixtures("own_database")
def test_closing_against_spending_pays_each_cent_once() -> None:
    merchant = make_shop()
    for number in range(5):
        card = make_promo_card(merchant)
        code = code_of(card)
        spent, closed = together(
            lambda card=card, code=code, number=number: _spend(card, code, 5000, key=f"s{number}"),
            lambda card=card: _close(card),
        )
        assert isinstance(closed, Card)
        assert not isinstance(spent, Exception) or isinstance(spent, DomainError)
        assert (read(card).status, balance_minor(card)) == ("closed", 0)
    assert credit_of("issued", owner=merchant.id) == 0
    assert credit_of("pending", owner=merchant.id) == 0
