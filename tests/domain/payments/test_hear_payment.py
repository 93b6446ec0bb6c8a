"""Only a verified notice settles a payment, once, and money that is not wanted goes back."""

import pytest

from giftwell.domain.payments.expire_payments import expire_payments
from giftwell.domain.payments.gateway import NoticeKind
from giftwell.domain.payments.hear_payment import UnknownPayment, hear_payment
from giftwell.domain.payments.models import GatewayEvent, Payment
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import books, postings
from tests.factories.orders import make_order, make_shop
from tests.factories.payments import GATEWAY, fresh, hear, hear_notice, make_notice, payment_of, refunds_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment() -> Payment:
    shop = make_shop()
    return payment_of(shop.id, make_order(shop).order.id)


def _events(payment: Payment) -> list[str]:
    with scope.merchant(payment.merchant_id), reading():
        found = Event.objects.filter(type__startswith="payment.", subject=payment.public_id)
        return list(found.order_by("id").values_list("type", flat=True))


def test_the_verified_notice_settles(payment: Payment) -> None:
    assert hear(payment) == "settled"
    after = fresh(payment)
    assert (after.status, after.settled) == ("succeeded", Money(4500, "EUR"))
    assert books() == {"processor:sandbox": -4500, "unapplied": 4500}
    assert _events(payment) == ["payment.started", "payment.settled"]


def test_the_same_notice_twice_settles_once(payment: Payment) -> None:
    notice = make_notice(payment)
    assert [hear_notice(payment, notice) for _ in range(3)] == ["settled", "duplicate", "duplicate"]
    assert books() == {"processor:sandbox": -4500, "unapplied": 4500}
    assert _events(payment).count("payment.settled") == 1


def test_the_same_fact_under_another_event_id_settles_once(payment: Payment) -> None:
    assert [hear(payment), hear(payment)] == ["settled", "ignored"]
    assert books() == {"processor:sandbox": -4500, "unapplied": 4500}


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": Money(4499, "EUR")},
        {"amount": Money(4501, "EUR")},
        {"amount": Money(1, "EUR")},
        {"amount": Money(450_000, "EUR")},
    ],
)
def test_another_amount_pays_nothing_and_goes_back(payment: Payment, changes: dict[str, Money]) -> None:
    paid = changes["amount"].amount_minor
    assert hear(payment, **changes) == "mismatched"
    assert (fresh(payment).status, fresh(payment).reason) == ("mismatched", "amount")
    assert books() == {"processor:sandbox": -paid, "refunds_due": paid}
    (refund,) = refunds_of(payment)
    assert (refund.amount.amount_minor, refund.reason, refund.status) == (paid, "amount", "claimed")
    assert _events(payment) == ["payment.started", "payment.mismatched", "payment.refund_due"]


def test_another_currency_pays_nothing_and_goes_back_in_that_currency(payment: Payment) -> None:
    assert hear(payment, amount=Money(4500, "USD")) == "mismatched"
    assert fresh(payment).reason == "currency"
    assert books("EUR") == {}
    assert books("USD") == {"processor:sandbox": -4500, "refunds_due": 4500}


def test_money_in_another_account_is_not_ours_to_book(payment: Payment) -> None:
    assert hear(payment, account="acct_of_somebody_else") == "wrong_account"
    assert fresh(payment).status == "created"
    assert books() == {}
    assert hear(payment) == "settled"


def test_order_a_is_not_paid_by_the_payment_of_order_b() -> None:
    shop = make_shop()
    a, b = make_order(shop).order, make_order(shop).order
    payment_a, payment_b = payment_of(shop.id, a.id), payment_of(shop.id, b.id)
    crossed = make_notice(payment_b, order=make_notice(payment_a).order)
    assert hear_notice(payment_b, crossed) == "mismatched"
    assert (fresh(payment_a).status, fresh(payment_b).status) == ("created", "mismatched")
    assert fresh(payment_b).reason == "order"
    assert books() == {"processor:sandbox": -4500, "refunds_due": 4500}


def test_a_reference_and_a_payment_that_do_not_belong_together_are_unknown() -> None:
    shop = make_shop()
    payment_a = payment_of(shop.id, make_order(shop).order.id)
    payment_b = payment_of(shop.id, make_order(shop).order.id)
    with pytest.raises(UnknownPayment):
        hear_notice(payment_a, make_notice(payment_b))
    assert books() == {}


def test_another_merchants_payment_is_unknown() -> None:
    ours, theirs = make_shop(), make_shop()
    payment = payment_of(theirs.id, make_order(theirs).order.id)
    with pytest.raises(UnknownPayment):
        hear_payment(
            merchant_id=ours.id, payment_id=payment.pk, notice=make_notice(payment), actor=GATEWAY, now=now()
        )
    assert (fresh(payment).status, books()) == ("created", {})
    with scope.platform(), reading():
        assert not GatewayEvent.objects.exists()


def test_a_decline_leaves_the_order_payable(payment: Payment) -> None:
    assert hear(payment, NoticeKind.DECLINED) == "declined"
    assert (fresh(payment).status, books()) == ("failed", {})
    assert hear(payment) == "settled"
    assert fresh(payment).status == "succeeded"


def test_a_decline_heard_after_the_money_changes_nothing(payment: Payment) -> None:
    assert hear(payment) == "settled"
    assert hear(payment, NoticeKind.DECLINED) == "ignored"
    assert hear(payment, NoticeKind.EXPIRED) == "ignored"
    assert fresh(payment).status == "succeeded"


def test_money_that_comes_after_the_end_goes_back(payment: Payment) -> None:
    assert hear(payment, NoticeKind.EXPIRED) == "expired"
    assert hear(payment) == "returned"
    after = fresh(payment)
    assert (after.status, after.reason) == ("returned", "late")
    assert books() == {"processor:sandbox": -4500, "refunds_due": 4500}
    assert [refund.reason for refund in refunds_of(payment)] == ["late"]
    assert hear(payment) == "ignored"
    assert len(refunds_of(payment)) == 1


def test_an_order_that_was_given_up_takes_no_money(payment: Payment) -> None:
    ended = expire_payments(
        merchant_id=payment.merchant_id, order_id=payment.order_id, actor=GATEWAY, now=now()
    )
    assert ended is True
    assert hear(payment) == "returned"


def test_an_order_whose_money_is_there_is_not_given_up(payment: Payment) -> None:
    hear(payment)
    ended = expire_payments(
        merchant_id=payment.merchant_id, order_id=payment.order_id, actor=GATEWAY, now=now()
    )
    assert ended is False
    assert fresh(payment).status == "succeeded"


def test_a_refund_heard_before_its_payment_changes_nothing(payment: Payment) -> None:
    told = make_notice(payment, NoticeKind.REFUNDED, refund="ref_" + "0" * 26, refund_reference="sbr_1")
    assert hear_notice(payment, told) == "unknown_refund"
    assert hear(payment) == "settled"
    assert fresh(payment).refunded_minor == 0
    assert books() == {"processor:sandbox": -4500, "unapplied": 4500}


def test_a_fact_we_have_no_use_for_is_remembered_and_ignored(payment: Payment) -> None:
    assert hear(payment, NoticeKind.OTHER) == "ignored"
    with scope.merchant(payment.merchant_id), reading():
        assert list(GatewayEvent.objects.values_list("kind", "outcome")) == [("other", "ignored")]


def test_each_movement_has_a_cause_of_its_own(payment: Payment) -> None:
    hear(payment, NoticeKind.EXPIRED)
    hear(payment)
    assert set(postings(payment.merchant_id)) == {f"settle:{payment.pk}", f"return:{payment.pk}"}
