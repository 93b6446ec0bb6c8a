"""Posting: what each outcome is, and that one bad move never fails its neighbours."""

import pytest
from django.db import Error, connection

from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.chart import AccountKind, Leg
from giftwell.domain.ledger.models import Account, Posting, Transfer
from giftwell.domain.ledger.post import Answer, Move, post, post_one
from giftwell.domain.ledger.refusals import (
    AccountNotFound,
    AmountInvalid,
    CauseConflict,
    InsufficientFunds,
    LegsInvalid,
    WrongCurrency,
)
from giftwell.foundation.tenancy import PLATFORM, scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.money import MAX_MINOR
from tests.factories.ledger import NOON, Ground, make_ground, make_plastic

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return make_ground()


def posted(*moves: Move) -> list[Answer]:
    with scope.platform(), transaction():
        return post(moves, now=NOON)


def balances(*accounts: int) -> list[int | None]:
    with scope.platform(), transaction():
        return [Account.objects.get(id=account).balance_minor for account in accounts]


def spend(ground: Ground, account: int, amount: int, cause: str, **more: object) -> Move:
    legs = (Leg(account, ground.pending, amount),)
    return ground.move(cause, legs, kind="redeem", **{"subject": account, **more})


def test_an_account_is_opened_once_and_found_again(ground: Ground) -> None:
    specs = [AccountSpec(ground.merchant_id, "card", "EUR", f"{n}") for n in (1, 2, 1)]
    with scope.platform(), transaction():
        first, again = open_accounts(specs), open_accounts(specs)
    assert first == again
    assert first[0] == first[2] != first[1]
    assert balances(first[0]) == [0]


@pytest.mark.parametrize(
    ("kind", "of_platform"),
    [("nonsense", False), ("commission", False), ("card", True), ("processor:", True)],
)
def test_an_account_that_the_chart_does_not_have_is_refused(
    ground: Ground, kind: str, of_platform: bool
) -> None:
    owner = PLATFORM if of_platform else ground.merchant_id
    with pytest.raises(Error, match="ledger_account"), scope.platform(), transaction():
        open_accounts([AccountSpec(owner, kind, "EUR")])


def test_the_chart_and_the_database_agree_on_what_is_guarded(ground: Ground) -> None:
    specs = [
        AccountSpec(PLATFORM if kind == "bank" else ground.merchant_id, kind, "EUR")
        for kind in (
            AccountKind.CARD,
            AccountKind.PENDING,
            AccountKind.PAYABLE,
            AccountKind.RECEIVABLE,
            "bank",
        )
    ]
    with scope.platform(), transaction():
        kept = [Account.objects.get(id=account).guarded for account in open_accounts(specs)]
    assert kept == [True, False, True, False, False]


def test_a_posting_moves_its_legs_and_answers_the_balance_after(ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    (answer,) = posted(spend(ground, card.account, 300, "a"))
    assert (answer.outcome, answer.amount_minor, answer.balance_minor) == ("done", 300, 700)
    assert answer.available_minor == 700
    assert balances(card.account) == [700]
    assert ground.folded(ground.pending) == 300
    with scope.platform(), transaction():
        transfer = Transfer.objects.get(posting_id=answer.posting_id)
    assert (transfer.debit_balance_minor, transfer.credit_balance_minor) == (700, None)


def test_a_cause_happens_once(ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    first, again = posted(*[spend(ground, card.account, 300, "same", fingerprint=b"f")] * 2)
    assert (first.outcome, again.outcome) == ("done", "replayed")
    assert (again.posting_id, again.amount_minor, again.balance_minor) == (first.posting_id, 300, 700)
    # And after the balance has moved on it still answers the first figures.
    posted(spend(ground, card.account, 700, "other"))
    (later,) = posted(spend(ground, card.account, 300, "same", fingerprint=b"f"))
    assert (later.outcome, later.balance_minor) == ("replayed", 700)


@pytest.mark.parametrize("changed", [{"fingerprint": b"g"}, {"kind": "refund"}])
def test_another_request_under_a_cause_learns_nothing_of_the_first(
    ground: Ground, changed: dict[str, object]
) -> None:
    card = make_plastic(ground, 1_000)
    first = spend(ground, card.account, 300, "same", fingerprint=b"f")
    posted(first)
    given = {"kind": "redeem", "fingerprint": b"f", **changed}
    (other,) = posted(ground.move("same", first.legs, subject=card.account, **given))
    assert other == Answer("conflict", None, None, None, None, b"f", None)


def test_one_bad_move_leaves_its_neighbours_be(ground: Ground) -> None:
    stranger, card = make_ground(), make_plastic(ground, 1_000)
    theirs = make_plastic(stranger, 1_000)
    dollars = make_ground(currency="USD")
    bad = [
        (spend(ground, card.account, 0, "b1"), "amount_invalid"),
        (spend(ground, card.account, -5, "b2"), "amount_invalid"),
        (spend(ground, card.account, MAX_MINOR + 1, "b3"), "amount_invalid"),
        (spend(ground, card.account, 2**63 - 1, "b4"), "amount_invalid"),
        (spend(ground, theirs.account, 5, "b5"), "account_not_found"),
        (
            ground.move("b6", (Leg(card.account, stranger.pending, 5),), subject=card.account),
            "account_not_found",
        ),
        (ground.move("b7", (Leg(card.account, 0, 5),), subject=card.account), "account_not_found"),
        (
            ground.move("b8", (Leg(card.account, dollars.unapplied, 5),), subject=card.account),
            "wrong_currency",
        ),
        (spend(ground, card.account, 5, "b9", currency="USD"), "wrong_currency"),
        (spend(ground, card.account, 1_001, "b10"), "insufficient_funds"),
        (spend(ground, card.account, 5, "b11", refusal="card_is_frozen"), "card_is_frozen"),
        (spend(ground, card.account, 5, "b12", subject=None), "legs_invalid"),
        (ground.move("b13", (Leg(ground.pending, ground.pending, 5),)), "legs_invalid"),
        (
            ground.move("b14", (Leg(ground.pending, ground.issued, 5),), subject=ground.pending),
            "account_not_found",
        ),
        (ground.move("b15", ()), "amount_invalid"),
    ]
    good = [spend(ground, card.account, 100, f"g{n}") for n in range(2)]
    answers = posted(good[0], *(move for move, _ in bad), good[1])
    assert [answer.outcome for answer in answers] == ["done", *(why for _, why in bad), "done"]
    assert balances(card.account, theirs.account) == [800, 1_000]
    assert all(answer.posting_id is None for answer in answers[1:-1])


@pytest.mark.parametrize(
    ("amount", "more", "error"),
    [
        (1_001, {}, InsufficientFunds),
        (0, {}, AmountInvalid),
        (5, {"currency": "USD"}, WrongCurrency),
        (5, {"subject": 0}, AccountNotFound),
        (5, {"subject": None}, LegsInvalid),
    ],
)
def test_one_move_raises_what_it_is_refused_for(
    ground: Ground, amount: int, more: dict[str, object], error: type[Exception]
) -> None:
    card = make_plastic(ground, 1_000)
    with pytest.raises(error), scope.platform(), transaction():
        post_one(spend(ground, card.account, amount, "a", **more), now=NOON)


def test_one_move_under_a_taken_cause_is_a_conflict(ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    posted(spend(ground, card.account, 5, "same"))
    with pytest.raises(CauseConflict), scope.platform(), transaction():
        post_one(spend(ground, card.account, 5, "same", fingerprint=b"other"), now=NOON)


def test_a_refusal_from_above_counts_only_if_the_cause_is_new(ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    move = spend(ground, card.account, 300, "same")
    posted(move)
    (again,) = posted(spend(ground, card.account, 300, "same", refusal="card_is_closed"))
    assert (again.outcome, again.amount_minor) == ("replayed", 300)


def test_a_refused_cause_is_judged_again(ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    answers = posted(*[spend(ground, card.account, amount, "same") for amount in (1_001, 900)])
    assert [answer.outcome for answer in answers] == ["insufficient_funds", "done"]


def test_one_account_is_spent_in_exact_order_within_a_set(ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    amounts = (600, 500, 300, 200, 100)
    answers = posted(*[spend(ground, card.account, amount, f"{n}") for n, amount in enumerate(amounts)])
    outcomes = [(answer.outcome, answer.balance_minor) for answer in answers]
    no = ("insufficient_funds", None)
    assert outcomes == [("done", 400), no, ("done", 100), no, ("done", 0)]


def test_a_second_guarded_account_is_credited_and_its_balance_noted(ground: Ground) -> None:
    first, second = make_plastic(ground, 1_000), make_plastic(ground, 50)

    def give(cause: str, one: int, other: int, amount: int) -> Move:
        return ground.move(cause, (Leg(one, other, amount),), kind="transfer", subject=one)

    answers = posted(
        give("there", first.account, second.account, 700),
        give("back", second.account, first.account, 740),
        give("too much", second.account, first.account, 11),
    )
    assert [answer.outcome for answer in answers] == ["done", "done", "insufficient_funds"]
    assert balances(first.account, second.account) == [1_040, 10]
    with scope.platform(), transaction():
        notes = [
            (t.debit_balance_minor, t.credit_balance_minor)
            for t in Transfer.objects.filter(posting_id__in=[a.posting_id for a in answers[:2]]).order_by(
                "xid", "posting_id"
            )
        ]
    assert notes == [(300, 750), (10, 1_040)]


def test_four_legs_are_one_posting_and_five_are_refused(ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    legs = tuple(Leg(card.account, ground.pending, n) for n in (1, 2, 3, 4))
    (answer,) = posted(ground.move("four", legs, subject=card.account))
    assert (answer.outcome, answer.amount_minor, answer.balance_minor) == ("done", 10, 990)
    with pytest.raises(ValueError, match="at most 4"):
        ground.move("five", (*legs, Leg(card.account, ground.pending, 5)))


def test_in_a_merchants_scope_another_merchants_money_is_out_of_reach(ground: Ground) -> None:
    stranger = make_ground()
    card = make_plastic(stranger, 1_000)
    with (
        pytest.raises(Error, match="another merchant"),
        scope.merchant(ground.merchant_id),
        transaction(),
    ):
        post_one(spend(stranger, card.account, 5, "a"), now=NOON)


def test_no_posting_of_an_empty_set() -> None:
    assert posted() == []


def test_a_posting_has_a_public_id(ground: Ground) -> None:
    card = make_plastic(ground, 1_000)
    (answer,) = posted(spend(ground, card.account, 5, "a"))
    with scope.platform(), transaction():
        found = Posting.objects.get(id=answer.posting_id)
        account = Account.objects.get(id=card.account)
        transfer = found.transfers.get()
    assert found.public_id.startswith("post_")
    assert (str(found), str(transfer)) == ("redeem a", f"{card.account} → {ground.pending}: 5")
    assert str(account).startswith("card EUR ")


@pytest.mark.parametrize(
    "statement",
    [
        "insert into ledger_account (kind) values ('card')",
        "insert into ledger_posting (id) values (gen_random_uuid())",
        "insert into ledger_transfer (posting_id) values (gen_random_uuid())",
        "insert into ledger_hold (id) values (gen_random_uuid())",
        "update ledger_account set balance_minor = 5",
        "update ledger_posting set actor = ''",
        "delete from ledger_transfer",
        "truncate ledger_hold",
        "delete from ledger_rollup",
        "update ledger_horizon set xid = 0",
        "update redemption_redemption set refunded_minor = 0",
        "insert into redemption_refund (id) values (gen_random_uuid())",
        "select ledger.post_locked(null, now())",
        "select ledger.let_go(null, now())",
    ],
)
def test_the_runtime_role_cannot_write_the_books(statement: str) -> None:
    with (
        pytest.raises(Error, match="permission denied"),
        scope.platform(),
        transaction(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
