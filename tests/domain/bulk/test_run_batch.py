"""A batch becomes exactly its cards, whoever works on it how often."""

from itertools import count

import pytest

from giftwell.domain.bulk import loads
from giftwell.domain.bulk.cancel_batch import cancel_batch
from giftwell.domain.bulk.models import Batch
from giftwell.domain.bulk.undo_batch import undo_batch
from giftwell.domain.cards import issue_load
from giftwell.domain.cards.reveal_code import BatchIsSealed
from giftwell.domain.ledger.verify import verify
from giftwell.domain.redemption.redeem import redeem
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import credit_of
from tests.factories.bulk import cards_of_batch, checked, confirm, make_counted, run
from tests.factories.cards import code_of
from tests.factories.catalog import make_program, make_shop
from tests.factories.identity import TESTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads, "CARDS_OF_A_LOAD", 10)


class Killed(BaseException):
    """The process ends, in the middle of whatever it does."""


def breaking_at(monkeypatch: pytest.MonkeyPatch, load: int, *, before: bool) -> None:
    """The process dies at this load, before or after its rows were written, before it is committed."""
    numbers, real = count(1), issue_load.issue_load

    def dying(**arguments: object) -> int:
        is_last = next(numbers) == load
        if is_last and before:
            raise Killed
        issued = real(**arguments)  # type: ignore[arg-type]
        if is_last:
            raise Killed
        return issued

    monkeypatch.setattr("giftwell.domain.bulk.run_batch.issue_load", dying)


def test_a_counted_batch_becomes_its_cards_with_codes_that_can_be_spent():
    merchant = make_shop()
    batch = run(make_counted(merchant, 25, value_minor=1500))
    cards = cards_of_batch(batch)
    assert (batch.stage, len(cards)) == ("complete", 25)
    assert {card.face_value_minor for card in cards} == {1500}
    assert len({bytes(card.code_hash) for card in cards}) == 25
    assert credit_of("issued", owner=merchant.id) == -25 * 1500
    answer = redeem(
        merchant_id=merchant.id, code=code_of(cards[7]), amount=Money(1500, "EUR"), key="k", actor=TESTS,
        now=now(),
    )  # fmt: skip
    assert answer.balance.amount_minor == 0
    assert verify() == []


def test_no_code_of_a_batch_is_shown_before_it_is_whole(monkeypatch):
    batch = make_counted(make_shop(), 25)
    breaking_at(monkeypatch, 3, before=True)
    with pytest.raises(Killed):
        run(batch)
    (first, *_) = cards_of_batch(batch)
    with pytest.raises(BatchIsSealed):
        code_of(first)
    monkeypatch.undo()
    run(batch)
    assert code_of(first)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("load", [1, 2, 3])
def test_who_goes_on_after_a_crash_doubles_nothing(monkeypatch, load, before):
    merchant = make_shop()
    batch = make_counted(merchant, 25)
    with monkeypatch.context() as dying:
        breaking_at(dying, load, before=before)
        with pytest.raises(Killed):
            run(batch)
    assert len(cards_of_batch(batch)) == 10 * (load - 1)
    again = run(batch)
    assert (again.stage, again.cards_done, len(cards_of_batch(batch))) == ("complete", 25, 25)
    assert credit_of("issued", owner=merchant.id) == -25 * 2500
    assert verify() == []


def test_a_complete_batch_is_left_alone():
    batch = run(make_counted(make_shop(), 5))
    assert run(batch).cards_done == 5
    assert len(cards_of_batch(batch)) == 5


def test_what_was_made_before_a_cancel_is_taken_back():
    merchant = make_shop()
    batch = make_counted(merchant, 25)

    def stop_after_the_first(seen: Batch) -> None:
        if seen.cards_done == 10:
            cancel_batch(merchant_id=merchant.id, batch_id=batch.id, actor=TESTS, now=now())

    assert run(batch, on_progress=stop_after_the_first).stage == "undoing"
    done = undo_batch(merchant_id=merchant.id, batch_id=batch.id, actor=TESTS, now=now())
    assert (done.stage, done.cards_undone, done.cards_left) == ("cancelled", 10, 0)
    assert {(card.status, card.close_reason) for card in cards_of_batch(batch)} == {("closed", "taken_back")}
    assert credit_of("issued", owner=merchant.id) == 0
    assert verify() == []


def test_a_direct_batch_owes_its_commission_and_a_cancelled_one_does_not():
    merchant = make_shop()
    program = make_program(merchant, funding="direct", commission_bps=333, commission_fixed_minor=7)
    rows = [b"value", *(b"%d.%02d" % (10 + at, at) for at in range(15))]
    batch = confirm(checked(merchant, b"\n".join(rows), program=program))
    assert run(batch, on_progress=lambda seen: _cancel(seen) if seen.cards_done == 10 else None)
    owed = sum(((1000 + at * 101) * 333 + 5000) // 10000 + 7 for at in range(10))
    assert credit_of("commission") == owed == -credit_of("receivable", owner=merchant.id)
    undo_batch(merchant_id=merchant.id, batch_id=batch.id, actor=TESTS, now=now())
    assert credit_of("commission") == credit_of("receivable", owner=merchant.id) == 0
    assert verify() == []


def _cancel(batch: Batch) -> None:
    cancel_batch(merchant_id=batch.merchant_id, batch_id=batch.id, actor=TESTS, now=now())
