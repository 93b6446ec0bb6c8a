"""Cards expire once, wait for what a till may still capture, and come back by the exact mirror."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from giftwell.domain.cards.close_card import CardHasHolds, close_card
from giftwell.domain.cards.events import CardExpired, CardExpiresSoon
from giftwell.domain.cards.expire_cards import CardIsNotDue, expire_card, expire_due
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.cards.refusals import CardIsClosed, CardIsPending
from giftwell.domain.cards.reinstate_card import CardIsNotExpired, LastDayIsInvalid, reinstate_card
from giftwell.domain.cards.remind_of_expiry import remind_of_expiry
from giftwell.domain.cards.replace_card import CardIsCarriedOn, replace_card
from giftwell.domain.ledger.verify import verify
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.capture import capture
from giftwell.domain.redemption.redeem import redeem
from giftwell.domain.redemption.refund import refund
from giftwell.domain.redemption.refusals import REFUSALS
from giftwell.domain.redemption.void import void
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import credit_of
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
from tests.factories.identity import TESTS

YEARS = timedelta(days=6 * 365)


def _ends(card: Card) -> datetime:
    assert card.expires_at is not None
    return card.expires_at


def _expire(card: Card, at: datetime) -> Card:
    return expire_card(merchant_id=card.merchant_id, card_id=card.id, actor=TESTS, now=at)


def _reinstate(card: Card, at: datetime, last_day: date | None = None) -> Card:
    return reinstate_card(
        merchant_id=card.merchant_id, card_id=card.id, last_day=last_day, actor=TESTS, now=at
    )


def _told(card: Card, kind: str) -> list[Event]:
    with scope.merchant(card.merchant_id), reading():
        return list(Event.objects.filter(subject=card.public_id, type=kind).order_by("at", "id"))


def _refused(card: Card, action: str) -> list[str]:
    with scope.merchant(card.merchant_id), reading():
        rows = AuditRow.objects.filter(subject=card.public_id, action=action, outcome="refused")
        return list(rows.order_by("id").values_list("reason", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "taker"),
    [
        (make_sold_card, "expired_value"),
        (make_promo_card, "issued"),
        (lambda shop: make_promo_card(shop, program=make_program(shop, funding="direct")), "issued"),
    ],
    ids=["escrow", "promo", "direct"],
)
def test_what_is_left_leaves_the_card_and_comes_back_whole(make: Callable[..., Card], taker: str) -> None:
    card = make(make_shop())
    over = _ends(card) + timedelta(microseconds=1)
    before = read(card)
    assert _expire(card, over).close_reason == "expired"
    assert balance_minor(card) == 0
    if taker == "issued":
        assert credit_of("issued", owner=card.merchant_id) == 0
        assert credit_of("expired_value") == 0
    else:
        assert credit_of("expired_value") == 5000
    assert verify() == []
    back = _reinstate(card, over, date(over.year + 1, 3, 31))
    assert (back.status, back.close_reason, balance_minor(card)) == ("active", "", 5000)
    assert _ends(back).date() == date(over.year + 1, 3, 31)
    assert credit_of("expired_value") == 0
    assert read(card).code_hash == before.code_hash
    assert verify() == []


@pytest.mark.django_db
def test_a_card_expires_at_the_end_of_its_day_and_not_before() -> None:
    card = make_promo_card(make_shop())
    with pytest.raises(CardIsNotDue):
        _expire(card, _ends(card) - timedelta(microseconds=1))
    assert _refused(card, "card.expired") == ["card_is_not_due"]
    assert _expire(card, _ends(card)).status == "closed"


@pytest.mark.django_db
def test_its_time_is_over_whether_or_not_a_job_has_been_by() -> None:
    card = make_promo_card(make_shop())
    code = code_of(card)
    with pytest.raises(REFUSALS["card_is_expired"]):
        redeem(
            merchant_id=card.merchant_id,
            code=code,
            amount=Money(1, "EUR"),
            key="k",
            actor=TESTS,
            now=_ends(card),
        )
    assert read(card).status == "active"


@pytest.mark.django_db
@pytest.mark.parametrize("resolved", ["captured", "voided", "lapsed"])
def test_a_live_hold_is_waited_for_and_then_the_rest_is_taken(resolved: str) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    over, at = _ends(card) + timedelta(hours=1), _ends(card) - timedelta(hours=1)
    place = {"merchant_id": merchant.id, "code": code_of(card), "amount": Money(2000, "EUR"), "actor": TESTS}
    held = authorize(key="a", expires_in_seconds=3 * 3600, now=at, **place)  # type: ignore[arg-type]
    with pytest.raises(CardHasHolds):
        _expire(card, over)
    assert expire_due(actor=TESTS, now=over) == 0
    assert balance_minor(card) == 5000
    later = over
    if resolved == "captured":
        capture(merchant_id=merchant.id, authorization_id=held.id, key="c", actor=TESTS, now=over)
    elif resolved == "voided":
        void(merchant_id=merchant.id, authorization_id=held.id, key="v", actor=TESTS, now=over)
    else:
        later = over + timedelta(hours=2)
    assert expire_due(actor=TESTS, now=later) == 1
    left = 3000 if resolved == "captured" else 5000
    assert (read(card).status, credit_of("expired_value")) == ("closed", left)
    assert verify() == []


@pytest.mark.django_db
def test_a_frozen_card_expires_too_and_comes_back_frozen() -> None:
    card = make_promo_card(make_shop())
    freeze_card(
        merchant_id=card.merchant_id, card_id=card.id, reason=FreezeReason.HOLDER, actor=TESTS, now=now()
    )
    over = _ends(card)
    _expire(card, over)
    assert _reinstate(card, over).status == "frozen"
    assert verify() == []


@pytest.mark.django_db
def test_an_empty_card_ends_without_a_posting() -> None:
    card = make_promo_card(make_shop())
    redeem(
        merchant_id=card.merchant_id,
        code=code_of(card),
        amount=Money(5000, "EUR"),
        key="k",
        actor=TESTS,
        now=now(),
    )
    over = _ends(card)
    assert _expire(card, over).close_reason == "expired"
    assert _reinstate(card, over).status == "active"
    assert balance_minor(card) == 0
    assert verify() == []


@pytest.mark.django_db
def test_once_is_once_however_often_it_is_asked() -> None:
    card = make_promo_card(make_shop())
    over = _ends(card)
    for _ in range(2):
        _expire(card, over)
    assert len(_told(card, "card.expired")) == 1
    for _ in range(2):
        _reinstate(card, over)
    assert len(_told(card, "card.reinstated")) == 1
    again = _ends(read(card))
    assert again > over
    _expire(card, again)
    assert len(_told(card, "card.expired")) == 2
    assert verify() == []


@pytest.mark.django_db
def test_only_an_expired_card_comes_back() -> None:
    merchant = make_shop()
    live, closed = make_promo_card(merchant), make_promo_card(merchant)
    close_card(merchant_id=merchant.id, card_id=closed.id, actor=TESTS, now=now())
    with pytest.raises(CardIsNotExpired):
        _reinstate(live, now())
    for card in (live, closed):
        with pytest.raises((CardIsNotExpired, CardIsClosed)):
            _reinstate(card, now())
    assert _refused(closed, "card.reinstated") == ["card_is_closed"]
    with pytest.raises(CardIsPending):
        _expire(make_pending_card(merchant), now() + YEARS)
    with pytest.raises(CardIsClosed):
        _expire(closed, now() + YEARS)


@pytest.mark.django_db
@pytest.mark.parametrize("last_day", [date(2026, 1, 1), date(2999, 1, 1)])
def test_a_new_last_day_is_to_come(last_day: date) -> None:
    card = make_promo_card(make_shop())
    over = _ends(card)
    _expire(card, over)
    with pytest.raises(LastDayIsInvalid):
        _reinstate(card, over, last_day)
    assert read(card).status == "closed"


@pytest.mark.django_db
def test_another_merchants_card_is_not_there() -> None:
    card, other = make_promo_card(make_shop()), make_shop()
    over = _ends(card)
    with pytest.raises(CardNotFound):
        expire_card(merchant_id=other.id, card_id=card.id, actor=TESTS, now=over)
    _expire(card, over)
    with pytest.raises(CardNotFound):
        reinstate_card(merchant_id=other.id, card_id=card.id, actor=TESTS, now=over)
    assert read(card).status == "closed"


@pytest.mark.django_db
def test_a_sweep_takes_the_due_cards_of_all_merchants_part_by_part() -> None:
    shops = [make_shop(), make_shop(currency="SEK")]
    cards = [make(shop) for shop in shops for make in (make_promo_card, make_sold_card)]
    young = make_promo_card(shops[0], program=make_program(shops[0], funding="promo", validity_days=5000))
    over = max(_ends(card) for card in cards)
    assert [expire_due(actor=TESTS, now=over, at_most=3) for _ in range(3)] == [3, 1, 0]
    assert {read(card).status for card in cards} == {"closed"}
    assert read(young).status == "active"
    assert (credit_of("expired_value"), credit_of("expired_value", "SEK")) == (5000, 5000)
    assert verify() == []


@pytest.mark.django_db
def test_a_holder_is_told_thirty_and_seven_days_before_once_each() -> None:
    merchant = make_shop()
    card, empty = make_promo_card(merchant), make_promo_card(merchant)
    redeem(
        merchant_id=merchant.id,
        code=code_of(empty),
        amount=Money(5000, "EUR"),
        key="k",
        actor=TESTS,
        now=now(),
    )

    def told_by(days: float) -> list[int]:
        remind_of_expiry(actor=TESTS, now=_ends(card) - timedelta(days=days), at_most=1)
        remind_of_expiry(actor=TESTS, now=_ends(card) - timedelta(days=days))
        return [event.data["days"] for event in _told(card, "card.expires_soon")]

    assert [told_by(days) for days in (30.5, 29.9, 20, 7.1, 6.9, 1)] == [
        [],
        [30],
        [30],
        [30],
        [30, 7],
        [30, 7],
    ]
    assert _told(empty, "card.expires_soon") == []


@pytest.mark.django_db
def test_a_late_sweep_tells_the_nearer_day_only_and_nobody_twice() -> None:
    card = make_promo_card(make_shop())
    for days in (5, 4):
        remind_of_expiry(actor=TESTS, now=_ends(card) - timedelta(days=days))
    assert [event.data["days"] for event in _told(card, "card.expires_soon")] == [7]


@pytest.mark.django_db
def test_events_written_by_sql_are_those_of_the_dataclasses() -> None:
    card = make_promo_card(make_shop())
    remind_of_expiry(actor=TESTS, now=_ends(card) - timedelta(days=20))
    _expire(card, _ends(card))
    wanted = {
        CardExpired: {"amount_minor": 5000, "currency": "EUR", "due_at": _ends(card)},
        CardExpiresSoon: {"days": 30, "expires_at": _ends(card), "balance_minor": 5000, "currency": "EUR"},
    }
    for kind, fields in wanted.items():
        (event,) = _told(card, kind.TYPE)
        told = kind(merchant_id=card.merchant_id, subject=card.public_id, **fields).data()
        for name in ("due_at", "expires_at"):
            if name in told:
                assert datetime.fromisoformat(event.data[name]) == datetime.fromisoformat(told.pop(name))
                del event.data[name]
        assert event.data == told


@pytest.mark.usefixtures("own_database")
def test_sweeps_and_people_at_once_expire_a_card_once() -> None:
    merchant = make_shop()
    cards = [make_sold_card(merchant), make_promo_card(merchant)]
    over = max(_ends(card) for card in cards)
    together(
        lambda: expire_due(actor=TESTS, now=over),
        lambda: expire_due(actor=TESTS, now=over),
        lambda: _expire(cards[0], over),
        lambda: _expire(cards[1], over),
    )
    assert credit_of("expired_value") == 5000
    assert [len(_told(card, "card.expired")) for card in cards] == [1, 1]
    assert verify() == []


@pytest.mark.usefixtures("own_database")
def test_a_hold_against_expiry_has_one_winner() -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    code, at = code_of(card), _ends(card) - timedelta(seconds=1)
    placed, expired = together(
        lambda: authorize(
            merchant_id=merchant.id,
            code=code,
            amount=Money(5000, "EUR"),
            key="a",
            expires_in_seconds=60,
            actor=TESTS,
            now=at,
        ),
        lambda: _expire(card, _ends(card)),
    )
    if isinstance(expired, Card):
        assert isinstance(placed, REFUSALS["card_is_closed"])
    else:
        assert isinstance(expired, CardHasHolds)
        captured = capture(
            merchant_id=merchant.id, authorization_id=placed.id, key="c", actor=TESTS, now=_ends(card)
        )
        assert captured.amount.amount_minor == 5000
    assert verify() == []


@pytest.mark.django_db
def test_a_card_that_a_refund_carried_on_comes_back_beside_its_successor() -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    spent = redeem(
        merchant_id=merchant.id,
        code=code_of(card),
        amount=Money(2000, "EUR"),
        key="k",
        actor=TESTS,
        now=now(),
    )
    over = _ends(card)
    _expire(card, over)
    refund(merchant_id=merchant.id, redemption_id=spent.id, key="r", actor=TESTS, now=over)
    _reinstate(card, over, date(over.year + 1, 3, 31))
    with scope.merchant(merchant.id), reading():
        successor = Card.objects.get(replaces=card)
    assert (balance_minor(card), balance_minor(successor)) == (3000, 2000)
    with pytest.raises(CardIsCarriedOn):
        replace_card(merchant_id=merchant.id, card_id=card.id, key="l", actor=TESTS, now=over)
    assert balance_minor(card) == 3000
    assert verify() == []
