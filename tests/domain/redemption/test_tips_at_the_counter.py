"""A bill and its tip in one go at the counter: both or nothing, once."""

from typing import Any

import pytest

from giftwell.domain.ledger.refusals import InsufficientFunds
from giftwell.domain.redemption.answers import Answer
from giftwell.domain.redemption.models import Redemption
from giftwell.domain.redemption.outcome_of_key import outcome_of_key
from giftwell.domain.redemption.redeem_with_tip import most_tip, redeem_with_tip
from giftwell.domain.redemption.refusals import KeyConflict, TipExceedsLimit
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.money import Money
from tests.domain.redemption.tills import CASHIER, Till
from tests.factories.ledger import NOON
from tests.laws.books import breaches

pytestmark = pytest.mark.django_db


def spend(till: Till, amount: int, tip: int, key: str = "k", **more: Any) -> Answer:
    return redeem_with_tip(**{
        "merchant_id": till.merchant_id, "code": till.code, "amount": Money(amount, "EUR"),
        "tip": Money(tip, "EUR"), "key": key, "actor": CASHIER, "now": NOON, **more,
    })  # fmt: skip


def available(till: Till) -> int:
    return till.redeem(1).available.amount_minor + 1


def test_bill_and_tip_are_one_redemption_and_the_commission_is_on_both() -> None:
    till = Till()
    answer = spend(till, 2_000, 300)
    with scope.merchant(till.merchant_id), reading():
        kept = Redemption.objects.get(id=answer.id)
    # 2.5 % of what was taken, tip and all.
    assert (kept.amount_minor, kept.tip_minor, kept.commission_minor) == (2_300, 300, 58)
    assert (answer.balance.amount_minor, answer.available.amount_minor) == (7_700, 7_700)
    assert breaches() == []


def test_the_same_key_takes_once_and_another_amount_is_a_conflict() -> None:
    till = Till()
    first = spend(till, 2_000, 300)
    again = spend(till, 2_000, 300)
    assert (again.id, again.replayed, again.balance) == (first.id, True, first.balance)
    for amount, tip, field in ((2_100, 300, "amount_minor"), (2_000, 200, "tip_minor")):
        with pytest.raises(KeyConflict) as refused:
            spend(till, amount, tip)
        assert set(refused.value.errors) == {field}
    assert available(till) == 7_700


def test_a_tip_that_does_not_fit_lets_the_bill_go_again_and_frees_the_key() -> None:
    till = Till(2_200)
    with pytest.raises(InsufficientFunds):
        spend(till, 2_000, 300)
    assert outcome_of_key(merchant_id=till.merchant_id, key="k") is None
    assert spend(till, 2_000, 200).amount == Money(2_200, "EUR")
    assert breaches() == []


def test_a_tip_above_the_limit_is_refused_with_a_row_and_no_other_trace() -> None:
    till = Till()
    assert most_tip(Money(999, "EUR")) == Money(299, "EUR")
    with pytest.raises(TipExceedsLimit):
        spend(till, 999, 300)
    with scope.merchant(till.merchant_id), reading():
        rows = list(AuditRow.objects.filter(at=NOON).values_list("action", "outcome", "reason"))
    assert rows == [("redemption.made", "refused", "tip_exceeds_limit")]
    assert available(till) == 10_000


def test_undoing_the_key_gives_bill_and_tip_back() -> None:
    till = Till()
    spend(till, 2_000, 300)
    assert till.reverse("k").amount == Money(2_300, "EUR")
    assert available(till) == 10_000
    assert breaches() == []
