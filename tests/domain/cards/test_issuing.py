"""Cards that a merchant gives away."""

from datetime import UTC, datetime, timedelta

import pytest

from giftwell.domain.cards.caps import ExceedsIssueLimit
from giftwell.domain.cards.issue_cards import (
    Batch,
    CountIsInvalid,
    ProgramNeedsPayment,
    issue_cards,
)
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import CardFilter, cards_of
from giftwell.domain.cards.refusals import ValueIsOutOfBounds
from giftwell.domain.cards.reveal_code import reveal_codes
from giftwell.domain.catalog.models import Program
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.idempotency.once import KeyConflict
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from tests.domain.books import credit_of
from tests.domain.racing import together
from tests.factories.cards import balance_minor
from tests.factories.catalog import escrow_of, make_program, make_shop, promo_of
from tests.factories.identity import TESTS


def _issue(program: Program, *, key: str = "k1", count: int = 1, value_minor: int = 2000) -> Batch:
    return issue_cards(program=program, value_minor=value_minor, count=count, key=key, actor=TESTS, now=now())


def _number_of_cards(merchant: Merchant) -> int:
    with scope.merchant(merchant.id), reading():
        return Card.objects.filter(merchant=merchant).count()


@pytest.mark.django_db
def test_a_batch_is_active_has_its_value_and_codes_of_its_own() -> None:
    merchant = make_shop()
    batch = _issue(promo_of(merchant), count=25)
    codes = reveal_codes(
        merchant_id=merchant.id, card_ids=[card.id for card in batch.cards], actor=TESTS, now=now()
    )
    assert len(set(codes.values())) == 25
    assert {card.status for card in batch.cards} == {"active"}
    assert {balance_minor(card) for card in batch.cards} == {2000}
    assert credit_of("issued", owner=merchant.id) == -25 * 2000


@pytest.mark.django_db
def test_value_that_nobody_paid_for_is_the_merchants_own_and_never_payable() -> None:
    merchant = make_shop()
    _issue(promo_of(merchant))
    assert credit_of("pending", owner=merchant.id) == 0
    assert credit_of("unapplied") == 0


@pytest.mark.django_db
def test_an_escrow_program_gives_nothing_away() -> None:
    merchant = make_shop()
    with pytest.raises(ProgramNeedsPayment):
        _issue(escrow_of(merchant))
    assert _number_of_cards(merchant) == 0


@pytest.mark.django_db
def test_a_direct_program_issues_what_the_merchant_sold_itself() -> None:
    merchant = make_shop()
    (card,) = _issue(make_program(merchant, funding="direct")).cards
    assert balance_minor(card) == 2000
    assert credit_of("issued", owner=merchant.id) == -2000


@pytest.mark.django_db
def test_a_repeated_key_gives_the_same_cards() -> None:
    merchant = make_shop()
    program = promo_of(merchant)
    first, again = _issue(program, count=3), _issue(program, count=3)
    assert not first.replayed
    assert again.replayed
    assert [card.id for card in again.cards] == [card.id for card in first.cards]
    assert credit_of("issued", owner=merchant.id) == -3 * 2000
    assert _issue(program, key="k2").cards[0].id not in {card.id for card in first.cards}


@pytest.mark.django_db
def test_the_same_key_with_another_body_names_what_differs() -> None:
    program = promo_of(make_shop())
    _issue(program)
    with pytest.raises(KeyConflict) as refusal:
        _issue(program, count=2, value_minor=2500)
    assert set(refusal.value.errors) == {"count", "value_minor"}


@pytest.mark.django_db
def test_two_merchants_may_use_one_key() -> None:
    mine, other = make_shop(), make_shop()
    assert not _issue(promo_of(mine)).replayed
    assert not _issue(promo_of(other)).replayed


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, -1, 1001])
def test_a_batch_has_a_sensible_size(count: int) -> None:
    with pytest.raises(CountIsInvalid):
        _issue(promo_of(make_shop()), count=count)


@pytest.mark.django_db
def test_a_batch_keeps_to_its_programs_bounds() -> None:
    with pytest.raises(ValueIsOutOfBounds):
        _issue(promo_of(make_shop()), value_minor=50_001)


@pytest.mark.django_db
def test_a_suspended_merchant_issues_nothing() -> None:
    merchant = make_shop()
    program = promo_of(merchant)
    with scope.platform(), transaction():
        Merchant.objects.filter(id=merchant.id).update(status="suspended")
    with pytest.raises(MerchantIsSuspended):
        _issue(program)
    assert _number_of_cards(merchant) == 0


@pytest.mark.django_db
def test_events_and_the_audit_never_hold_a_code() -> None:
    merchant = make_shop()
    batch = _issue(promo_of(merchant), count=2)
    codes = reveal_codes(
        merchant_id=merchant.id, card_ids=[card.id for card in batch.cards], actor=TESTS, now=now()
    )
    with scope.merchant(merchant.id), reading():
        told = list(Event.objects.filter(subject__startswith="card_").values_list("type", "data"))
    assert sorted({kind for kind, _ in told}) == ["card.activated", "card.code_revealed", "card.issued"]
    assert not any(code[:8] in str(told) for code in codes.values())


@pytest.mark.django_db
def test_a_batch_is_found_as_a_batch() -> None:
    merchant = make_shop()
    program = promo_of(merchant)
    batch, other = _issue(program, count=3), _issue(program, key="k2")
    wanted = CardFilter(batch_id=batch.cards[0].batch_id)
    with scope.merchant(merchant.id), reading():
        found = {card.id for card in cards_of(merchant.id, wanted)}
    assert found == {card.id for card in batch.cards}
    assert other.cards[0].id not in found


@pytest.mark.usefixtures("own_database")
def test_one_key_sent_many_times_at_once_issues_once() -> None:
    merchant = make_shop()
    program = promo_of(merchant)
    outcomes = together(*[lambda: _issue(program, count=2) for _ in range(6)])
    assert all(isinstance(outcome, Batch) for outcome in outcomes), outcomes
    assert len({outcome.cards[0].id for outcome in outcomes}) == 1
    assert sum(not outcome.replayed for outcome in outcomes) == 1
    assert _number_of_cards(merchant) == 2
    assert credit_of("issued", owner=merchant.id) == -4000


@pytest.mark.django_db
def test_a_program_issues_only_so_much_on_a_day_of_the_merchants_zone() -> None:
    merchant = make_shop()
    program = make_program(merchant, funding="promo", max_issue_per_day_minor=5000)
    # Dublin is an hour ahead: the day ends at 23:00.
    evening = datetime(2027, 7, 1, 22, 59, tzinfo=UTC)

    def issued(count: int, key: str, at: datetime = evening) -> Batch:
        return issue_cards(program=program, value_minor=2000, count=count, key=key, actor=TESTS, now=at)

    issued(2, "k1")
    assert issued(2, "k1").replayed
    with pytest.raises(ExceedsIssueLimit) as refusal:
        issued(1, "k2")
    assert "50.00 EUR" in refusal.value.errors["value_minor"]
    issued(1, "k2", evening + timedelta(minutes=1))
    with pytest.raises(ExceedsIssueLimit):
        issued(3, "k3", evening + timedelta(days=2))
    assert _number_of_cards(merchant) == 3
    with scope.merchant(merchant.id), reading():
        rows = AuditRow.objects.filter(subject=program.public_id, outcome="refused")
        assert set(rows.values_list("action", "reason")) == {("card.issued", "exceeds_issue_limit")}


@pytest.mark.usefixtures("own_database")
def test_issuers_at_once_do_not_pass_the_days_limit_together() -> None:
    merchant = make_shop()
    program = make_program(merchant, funding="promo", max_issue_per_day_minor=5000)
    outcomes = together(*[lambda key=key: _issue(program, key=key) for key in ("a", "b", "c", "d")])
    assert sum(isinstance(outcome, Batch) for outcome in outcomes) == 2
    assert sum(isinstance(outcome, ExceedsIssueLimit) for outcome in outcomes) == 2
    assert _number_of_cards(merchant) == 2
