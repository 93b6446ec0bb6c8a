"""The one statement that writes the books, called as the doors call it: what a set of moves does, and in
which order it is answered.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest

from giftwell.domain.ledger.models import Account, Posting, Transfer
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from tests.database import OwnDatabase
from tests.factories.ledger import NOON, Ground, make_ground, make_plastic
from tests.laws.books import breaches

type Legs = Sequence[tuple[int | None, int | None, int | None]]

_MOVE = "row(%s, %s, 'EUR', %s, %s, 'system:tests', %s, %s, " + ", ".join(["%s"] * 12) + ", %s, %s, %s)"
_SET = (
    "select idx, outcome, amount_minor, balance_minor, available_minor from unnest(ledger.post_set({}, %s))"
)


def move(
    ground: Ground, cause: str, legs: Legs = (), *, subject: int | None = None, kind: str = "redeem",
    mark: bytes = b"", refusal: str | None = None, of: Any = None, held: int | None = None, until: Any = None,
) -> list[Any]:  # fmt: skip
    """The columns of a move, in the order of its type."""
    flat = [value for leg in legs for value in leg]
    return [
        ground.merchant_id, kind, cause, mark, subject, refusal, *flat, *[None] * (12 - len(flat)),
        of, held, until,
    ]  # fmt: skip


class Books:
    """A superuser's connection that posts sets: the runtime role may not."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)

    def post(self, *moves: list[Any]) -> list[tuple[Any, ...]]:
        """The answers as (idx, outcome, amount, balance, available), in the order they came in."""
        several = f"array[{', '.join([_MOVE] * len(moves))}]::ledger.move[]"
        values = [value for one in moves for value in one]
        return self.connection.execute(_SET.format(several), [*values, NOON]).fetchall()


@pytest.fixture
def books(own_database: OwnDatabase) -> Iterator[Books]:
    books = Books(own_database.admin_url)
    yield books
    books.connection.close()


@pytest.fixture
def ground(own_database: OwnDatabase) -> Ground:
    return make_ground()


def state(account: int) -> tuple[int | None, int | None]:
    """An account's balance and what is held of it."""
    with scope.platform(), reading():
        kept = Account.objects.get(id=account)
    return kept.balance_minor, kept.held_minor


def broken() -> list[Any]:
    """The breaches, but for the rows of the floors above, which are not written here."""
    return [breach for breach in breaches() if "redemption" not in breach.says]


def counted() -> tuple[int, int]:
    """Postings and transfers in the books."""
    with scope.platform(), reading():
        return Posting.objects.count(), Transfer.objects.count()


def test_no_moves_are_no_answers_and_no_rows(books: Books, ground: Ground) -> None:
    before = counted()
    for empty in ("null", "'{}'", "(select array_agg(m) from unnest('{}'::ledger.move[]) m)"):
        called = f"select cardinality(ledger.post_set({empty}::ledger.move[], %s))"
        assert books.connection.execute(called, [NOON]).fetchone() == (0,)
    assert counted() == before


def test_one_account_is_debited_credited_and_held_in_the_order_of_the_set(
    books: Books, ground: Ground
) -> None:
    card, bystander = make_plastic(ground, 1_000), make_plastic(ground, 70)
    taken, given = (card.account, ground.pending), (ground.pending, card.account)
    until = NOON.replace(hour=13)
    answers = books.post(
        move(ground, "spend", [(*taken, 800)], subject=card.account),
        move(ground, "too much", [(*taken, 201)], subject=card.account),
        move(ground, "hold", kind="hold", subject=card.account, held=150, until=until),
        # Another account in between: each has a state of its own.
        move(ground, "bystander", [(bystander.account, ground.pending, 70)], subject=bystander.account),
        move(ground, "into the hold", [(*taken, 51)], subject=card.account),
        move(ground, "load", [(*given, 500)], subject=card.account, kind="refund"),
        move(ground, "out of the load", [(*taken, 550)], subject=card.account),
        move(ground, "nothing left", [(*taken, 1)], subject=card.account),
        # A refund of the same amount and its spend in one posting change nothing and move both.
        move(ground, "round", [(*given, 40), (*taken, 40)], subject=card.account),
    )
    no = (None, None, None)
    assert answers == [
        (1, "done", 800, 200, 200),
        (2, "insufficient_funds", *no),
        (3, "done", 150, 200, 50),
        (4, "done", 70, 0, 0),
        (5, "insufficient_funds", *no),
        (6, "done", 500, 700, 550),
        (7, "done", 550, 150, 0),
        (8, "insufficient_funds", *no),
        (9, "done", 80, 150, 0),
    ]
    assert state(card.account) == (150, 150)
    assert state(bystander.account) == (0, 0)
    with scope.platform(), reading():
        after = Transfer.objects.filter(debit_id=card.account).order_by("posting_id", "leg")
        assert [one.debit_balance_minor for one in after] == [200, 150, 150]
    assert broken() == []


def test_what_one_move_of_a_set_gets_wrong_is_its_own_answer(books: Books, ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    taken = (card.account, ground.pending)
    first = move(ground, "first", [(*taken, 100)], subject=card.account, mark=b"f")
    books.post(first)
    before = counted()
    wrong: list[tuple[list[Any], str]] = [
        (move(ground, "w1", [(*taken, 1)], subject=card.account, refusal="card_is_frozen"), "card_is_frozen"),
        (move(ground, "w2", [(*taken, -1)], subject=card.account), "amount_invalid"),
        (move(ground, "w3", [(*taken, 2**62), (*taken, 2**62)], subject=card.account), "amount_invalid"),
        (move(ground, "w4", [(*taken, 1)], subject=2**40), "account_not_found"),
        (move(ground, "w5", [(None, ground.pending, 1)]), "account_not_found"),
        (move(ground, "w6", [(card.account, None, 1)], subject=card.account), "account_not_found"),
        (move(ground, "w7", [(*taken, 1)]), "legs_invalid"),
        (move(ground, "w8", kind="hold", held=5), "legs_invalid"),
        (move(ground, "w9", subject=card.account), "amount_invalid"),
        (move(ground, "first", [(*taken, 100)], subject=card.account, mark=b"g"), "conflict"),
        (first, "replayed"),
    ]
    good = [move(ground, f"g{n}", [(*taken, 100)], subject=card.account) for n in range(len(wrong))]
    answers = books.post(
        *[one for pair in zip(good, (each for each, _ in wrong), strict=True) for one in pair]
    )
    assert [answer[0] for answer in answers] == list(range(1, 2 * len(wrong) + 1))
    assert [answer[1] for answer in answers[1::2]] == [why for _, why in wrong]
    # 900 were left: nine fit, and the two after them do not.
    assert [answer[1] for answer in answers[::2]] == ["done"] * 9 + ["insufficient_funds"] * 2
    assert [answer[3] for answer in answers[:18:2]] == [800, 700, 600, 500, 400, 300, 200, 100, 0]
    assert (answers[-1][1], answers[-1][3]) == ("replayed", 900)
    assert state(card.account) == (0, 0)
    assert counted() == (before[0] + 9, before[1] + 9)
    assert broken() == []


def test_a_second_guarded_account_is_credited_by_a_move_that_is_alone(books: Books, ground: Ground) -> None:
    first, second = make_plastic(ground, 1_000), make_plastic(ground, 0)
    over = move(
        ground, "over", [(first.account, second.account, 300)], subject=first.account, kind="transfer"
    )
    other = move(ground, "other", [(first.account, ground.pending, 1)], subject=first.account)
    with pytest.raises(psycopg.errors.RaiseException, match="must be alone"):
        books.post(over, other)
    assert (state(first.account), state(second.account)) == ((1_000, 0), (0, 0))
    assert books.post(over) == [(1, "done", 300, 700, 700)]
    # A replay is no credit: it may stand beside others.
    assert [answer[1] for answer in books.post(over, other)] == ["replayed", "done"]
    assert (state(first.account), state(second.account)) == ((699, 0), (300, 0))
    assert broken() == []


def test_sets_that_share_causes_in_opposite_orders_wait_one_way_only(
    own_database: OwnDatabase, ground: Ground
) -> None:
    # Accounts of their own, so that nothing but the causes' unique index keeps the two apart.
    cards = [make_plastic(ground, 1_000) for _ in range(2)]
    laps, size = 12, 20
    barrier = Barrier(2)

    def run(side: int) -> Counter[str]:
        books, outcomes = Books(own_database.admin_url), Counter[str]()
        account = cards[side].account
        for lap in range(laps):
            causes = [f"{lap}-{n}" for n in range(size)][:: -1 if side else 1]
            legs = [(account, ground.pending, 1)]
            barrier.wait(timeout=60)
            outcomes += Counter(
                answer[1]
                for answer in books.post(*[move(ground, cause, legs, subject=account) for cause in causes])
            )
        books.connection.close()
        return outcomes

    with ThreadPoolExecutor(2) as pool:
        total = sum(pool.map(run, range(2)), Counter[str]())
    # Who comes second sees the first one's postings, judges again, and neither deadlocks nor doubles.
    assert total == {"done": laps * size, "replayed": laps * size}
    assert sum(state(card.account)[0] or 0 for card in cards) == 2_000 - laps * size
    assert broken() == []
