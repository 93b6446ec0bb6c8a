"""What a card may spend on one day of the merchant's zone, judged under the card's lock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.capture import capture
from giftwell.domain.redemption.redeem import redeem
from giftwell.domain.redemption.refund import refund
from giftwell.domain.redemption.refusals import DayLimitExceeded
from giftwell.domain.redemption.void import void
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.money import Money
from tests.domain.racing import together
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.factories.catalog import make_program, make_shop
from tests.factories.identity import TESTS

# 23:30 in Dublin, where clocks are an hour ahead of UTC: midnight is half an hour off.
EVENING = datetime(2027, 7, 1, 22, 30, tzinfo=UTC)
NIGHT = EVENING + timedelta(minutes=40)


def _card(cap: int | None = 3000) -> Card:
    merchant = make_shop()
    return make_promo_card(
        merchant, 10_000, program=make_program(merchant, funding="promo", max_spend_per_day_minor=cap)
    )


def _asked(card: Card, amount: int, at: datetime) -> dict[str, Any]:
    code, key = code_of(card), f"{card.id}-{amount}-{at.timestamp()}"
    return {"merchant_id": card.merchant_id, "code": code, "amount": Money(amount, "EUR"), "key": key,
            "actor": TESTS, "now": at}  # fmt: skip


def _spend(card: Card, amount: int, at: datetime = EVENING, **more: Any) -> Any:
    return redeem(**_asked(card, amount, at), **more)


@pytest.mark.django_db
def test_a_day_ends_at_the_merchants_midnight() -> None:
    card = _card()
    _spend(card, 2000)
    with pytest.raises(DayLimitExceeded):
        _spend(card, 1001)
    _spend(card, 1000)
    with pytest.raises(DayLimitExceeded):
        _spend(card, 1, EVENING + timedelta(minutes=29))
    _spend(card, 3000, NIGHT)
    assert balance_minor(card) == 4000
    with scope.merchant(card.merchant_id), reading():
        refused = AuditRow.objects.filter(outcome="refused", subject=card.public_id)
        assert set(refused.values_list("action", "reason")) == {("redemption.made", "day_limit_exceeded")}


@pytest.mark.django_db
def test_what_is_set_aside_counts_and_its_capture_is_never_refused() -> None:
    card = _card()
    held = authorize(**_asked(card, 2500, EVENING), expires_in_seconds=7200)
    with pytest.raises(DayLimitExceeded):
        authorize(**_asked(card, 501, EVENING), expires_in_seconds=7200)
    with pytest.raises(DayLimitExceeded):
        _spend(card, 501, NIGHT)
    capture(merchant_id=card.merchant_id, authorization_id=held.id, key="c", actor=TESTS, now=NIGHT)
    _spend(card, 500, NIGHT + timedelta(minutes=1))
    with pytest.raises(DayLimitExceeded):
        _spend(card, 1, NIGHT + timedelta(minutes=2))


@pytest.mark.django_db
def test_what_is_let_go_or_given_back_counts_no_longer() -> None:
    card = _card()
    held = authorize(**_asked(card, 3000, EVENING), expires_in_seconds=7200)
    void(merchant_id=card.merchant_id, authorization_id=held.id, key="v", actor=TESTS, now=EVENING)
    spent = _spend(card, 2999)
    refund(
        merchant_id=card.merchant_id, redemption_id=spent.id, amount_minor=2000, key="r", actor=TESTS,
        now=EVENING,
    )  # fmt: skip
    _spend(card, 2001)
    with pytest.raises(DayLimitExceeded):
        _spend(card, 1)


@pytest.mark.django_db
def test_a_partial_approval_is_not_cut_to_the_day() -> None:
    card = _card()
    with pytest.raises(DayLimitExceeded):
        _spend(card, 12_000, allow_partial=True)
    assert balance_minor(card) == 10_000


@pytest.mark.django_db
def test_without_a_cap_a_day_has_no_end() -> None:
    card = _card(None)
    _spend(card, 9000)
    assert balance_minor(card) == 1000


@pytest.mark.django_db
def test_a_card_twice_in_one_batch_is_judged_as_if_one_after_the_other() -> None:
    card, other = _card(), _card(None)
    rows = [(card, 2000), (card, 1500), (other, 9000), (card, 1000), (card, 1)]
    columns = {
        "uuid": [one.merchant_id for one, _ in rows],
        "bytea": [bytes(one.code_hash or b"") for one, _ in rows],
        "bigint": [amount for _, amount in rows],
    }
    with scope.platform(), transaction(), connection.cursor() as cursor:
        cursor.execute(
            """select outcome from redemption.redeem(
                 %(uuid)s::uuid[], %(bytea)s::bytea[], %(bigint)s::bigint[],
                 array_fill('EUR'::text, array[5]), array['a', 'b', 'c', 'd', 'e'],
                 array_fill(''::bytea, array[5]),
                 array_fill(false, array[5]), array_fill(null::uuid, array[5]),
                 array_fill(''::text, array[5]),
                 array_fill('system:tests'::text, array[5]), array_fill(''::text, array[5]), %(at)s)
               order by idx""",
            {**columns, "at": EVENING},
        )
        found = [outcome for (outcome,) in cursor.fetchall()]
    assert found == ["done", "day_limit_exceeded", "done", "done", "day_limit_exceeded"]


@pytest.mark.usefixtures("own_database")
def test_tills_at_once_do_not_pass_the_cap_together() -> None:
    card = _card()
    asked = [_asked(card, 1000 + number, EVENING) for number in range(6)]
    outcomes = together(*[lambda one=one: redeem(**one) for one in asked])
    assert sum(not isinstance(one, Exception) for one in outcomes) == 2
    assert all(isinstance(one, DayLimitExceeded) for one in outcomes if isinstance(one, Exception))
    assert balance_minor(card) >= 7000
