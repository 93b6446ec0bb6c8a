"""Cards of another system: their codes work at every door, and what nobody used can be taken back."""

import pytest

from giftwell.domain.bulk.models import Kind
from giftwell.domain.bulk.reverse_import import BatchWasIssued, reverse_import
from giftwell.domain.bulk.undo_batch import undo_batch
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.queries import find_card_by_code
from giftwell.domain.ledger.verify import verify
from giftwell.domain.redemption.check_balance import check_balance
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit import codes
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import credit_of
from tests.factories.bulk import cards_of_batch, checked, confirm, imported, make_counted, problems_of, run
from tests.factories.cards import code_of
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS

pytestmark = pytest.mark.django_db

FILE = b"code,balance,expires,reference\nold-1234 5678,12.50,2035-06-30,till 1\nABCDEFGH,7,,\n"


def spend(shop, code: str, amount_minor: int, key: str = "k"):
    return redeem(
        merchant_id=shop.id, code=code, amount=Money(amount_minor, "EUR"), key=key, actor=TESTS, now=now()
    )


def test_an_imported_card_is_found_and_spent_by_its_old_code():
    shop = make_shop()
    batch = imported(shop, FILE)
    first, second = cards_of_batch(batch)
    assert (first.code_scheme, first.last4, first.face_value_minor) == ("imported", "5678", 1250)
    assert check_balance(merchant_id=shop.id, code="OLD12345678", now=now()).balance.amount_minor == 1250
    assert spend(shop, "old 1234-5678", 1250).balance.amount_minor == 0
    assert code_of(second) == "ABCDEFGH"
    assert credit_of("issued", owner=shop.id) == -700
    assert verify() == []


def test_an_imported_code_means_nothing_at_another_shop():
    imported(make_shop(), FILE)
    elsewhere = make_shop()
    with scope.merchant(elsewhere.id), reading(), pytest.raises(CardNotFound):
        find_card_by_code(elsewhere.id, "OLD12345678")


def test_a_foreign_code_that_looks_like_ours_is_found_too():
    shop = make_shop()
    code = codes.new_code()
    imported(shop, f"code,balance\n{code},5\n".encode())
    assert spend(shop, codes.display(code), 500).balance.amount_minor == 0


def test_what_cannot_be_brought_along_is_told_row_by_row():
    shop = make_shop()
    ours = cards_of_batch(run(make_counted(shop, 1)))[0]
    imported(shop, FILE)
    rows = [
        "code,balance,currency,status",
        "GOOD-0000-0001,5,EUR,active",
        "SHORT12,5,,",
        ",5,,",
        "UMLÄUT12345,5,,",
        "GOOD-0000-0001,6,,",
        "abcdefgh,6,,",
        f"{code_of(ours)},6,,",
        "GOOD-0000-0002,0,,",
        "GOOD-0000-0003,5,,used",
        "GOOD-0000-0004,5,USD,",
        "WEAK56789,5,,",
    ]
    batch = checked(shop, "\n".join(rows).encode(), kind=Kind.IMPORT)
    assert problems_of(batch) == [
        (3, "code"), (4, "code"), (5, "code"), (6, "code"), (7, "code"), (8, "code"), (9, "balance"),
        (10, "status"), (11, "currency"),
    ]  # fmt: skip
    assert (batch.rows_bad, batch.cards_wanted, batch.rows_weak) == (9, 2, 2)


def test_an_untouched_import_is_reversed_to_nothing():
    shop = make_shop()
    batch = imported(shop, FILE)
    reverse_import(merchant_id=shop.id, batch_id=batch.id, actor=TESTS, now=now())
    done = undo_batch(merchant_id=shop.id, batch_id=batch.id, actor=TESTS, now=now())
    assert (done.stage, done.cards_undone, done.undone_minor, done.cards_left) == ("reversed", 2, 1950, 0)
    assert credit_of("issued", owner=shop.id) == 0
    assert undo_batch(merchant_id=shop.id, batch_id=batch.id, actor=TESTS, now=now()).cards_undone == 2
    assert verify() == []


def test_what_was_spent_from_stays_when_an_import_is_reversed():
    shop = make_shop()
    batch = imported(shop, FILE)
    spend(shop, "OLD12345678", 250)
    reverse_import(merchant_id=shop.id, batch_id=batch.id, actor=TESTS, now=now())
    done = undo_batch(merchant_id=shop.id, batch_id=batch.id, actor=TESTS, now=now())
    assert (done.stage, done.cards_undone, done.cards_left) == ("reversed", 1, 1)
    assert [card.status for card in cards_of_batch(batch)] == ["active", "closed"]
    assert spend(shop, "OLD12345678", 1000, key="again").balance.amount_minor == 0
    assert verify() == []


def test_the_code_of_a_reversed_import_stays_taken():
    shop = make_shop()
    batch = imported(shop, FILE)
    reverse_import(merchant_id=shop.id, batch_id=batch.id, actor=TESTS, now=now())
    undo_batch(merchant_id=shop.id, batch_id=batch.id, actor=TESTS, now=now())
    assert problems_of(checked(shop, FILE, kind=Kind.IMPORT)) == [(2, "code"), (3, "code")]


def test_cards_issued_here_are_not_reversed_in_bulk():
    shop = make_shop()
    batch = run(make_counted(shop, 2))
    with pytest.raises(BatchWasIssued):
        reverse_import(merchant_id=shop.id, batch_id=batch.id, actor=TESTS, now=now())
    assert confirm(run(confirm(checked(shop, b"value\n5\n")))).stage == "complete"
