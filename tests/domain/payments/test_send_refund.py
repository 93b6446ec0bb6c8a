"""Money that is owed to a payer leaves once, however often and at whatever point it is tried again."""

from datetime import datetime

import pytest

from giftwell.domain.payments import send_refund as module
from giftwell.domain.payments.claim_refund import RefundExceedsPayment, claim_refund
from giftwell.domain.payments.gateway import (
    GatewayRefused,
    GatewayUnavailable,
    NoticeKind,
    RefundRequest,
)
from giftwell.domain.payments.gateways import gateway
from giftwell.domain.payments.models import Payment, PaymentRefund
from giftwell.domain.payments.processor import Button, look_at
from giftwell.domain.payments.queries import refunds_due
from giftwell.domain.payments.send_refund import UnknownRefund, claim_attempt, send_refund, settle_refund
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import books
from tests.factories.orders import TESTS, make_order, make_shop
from tests.factories.payments import hear, hear_notice, make_notice, payment_of, press, refunds_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def late() -> Payment:
    """A payment that was paid at the processor after its end: 45.00 owed."""
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    press(payment, Button.PAY_LATE)
    hear(payment, NoticeKind.EXPIRED)
    assert hear(payment) == "returned"
    return payment


def _send(payment: Payment) -> PaymentRefund:
    (refund,) = refunds_of(payment)
    return send_refund(merchant_id=payment.merchant_id, refund_id=refund.pk, actor=TESTS, now=now())


def test_what_is_owed_is_given_back(late: Payment) -> None:
    assert _send(late).status == "refunded"
    assert books() == {}
    assert look_at(late.reference).refunded_minor == 4500


def test_giving_back_again_gives_nothing(late: Payment) -> None:
    first, second = _send(late), _send(late)
    assert (first.gateway_reference, first.attempts) == (second.gateway_reference, second.attempts)
    assert look_at(late.reference).refunded_minor == 4500
    assert books() == {}


def test_a_crash_before_the_answer_is_booked_is_made_good(late: Payment) -> None:
    (refund,) = refunds_of(late)
    claimed = claim_attempt(merchant_id=late.merchant_id, refund_id=refund.pk, now=now())
    request = RefundRequest(key=claimed.public_id, reference=late.reference, amount=claimed.amount)
    gateway("sandbox").send_refund(request, now=now())
    # Here the process dies. The next one starts over.
    assert _send(late).attempts == 2
    assert look_at(late.reference).refunded_minor == 4500
    assert books() == {}


def test_the_answer_is_booked_once(late: Payment) -> None:
    (refund,) = refunds_of(late)
    for _ in range(2):
        settle_refund(refund, gateway_reference="sbr_1", actor=TESTS, now=now())
    assert books() == {}


def test_the_gateways_own_notice_books_it_too(late: Payment) -> None:
    (refund,) = refunds_of(late)
    told = make_notice(late, NoticeKind.REFUNDED, refund=refund.public_id, refund_reference="sbr_9")
    assert hear_notice(late, told) == "refunded"
    assert (_send(late).gateway_reference, books()) == ("sbr_9", {})


def test_a_notice_of_another_amount_books_nothing(late: Payment) -> None:
    (refund,) = refunds_of(late)
    told = make_notice(
        late, NoticeKind.REFUNDED, refund=refund.public_id, refund_reference="sbr_9", amount=Money(1, "EUR")
    )
    assert hear_notice(late, told) == "unknown_refund"
    assert books() == {"processor:sandbox": -4500, "refunds_due": 4500}


class _Gateway:
    name = "sandbox"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send_refund(self, request: RefundRequest, *, now: datetime) -> str:
        raise self.error


def test_an_unknown_outcome_is_tried_again(late: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "gateway", lambda name: _Gateway(GatewayUnavailable()))
        with pytest.raises(GatewayUnavailable):
            _send(late)
    with scope.platform(), reading():
        assert len(refunds_due()) == 1
    assert _send(late).status == "refunded"


def test_a_refusal_leaves_the_money_owed(late: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "gateway", lambda name: _Gateway(GatewayRefused()))
        assert _send(late).status == "failed"
    assert books() == {"processor:sandbox": -4500, "refunds_due": 4500}
    with scope.platform(), reading():
        assert refunds_due() == []
    assert _send(late).status == "failed"


def test_refunds_together_never_exceed_what_arrived() -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    hear(payment)

    def claim(minor: int, key: str, currency: str = "EUR") -> PaymentRefund:
        return claim_refund(
            payment=payment, amount=Money(minor, currency), key=key, reason="test", actor=TESTS, now=now()
        )

    first = claim(4000, "a")
    assert claim(4000, "a").pk == first.pk
    with pytest.raises(RefundExceedsPayment):
        claim(501, "b")
    with pytest.raises(RefundExceedsPayment):
        claim(1, "c", "USD")
    claim(500, "d")
    with pytest.raises(RefundExceedsPayment):
        claim(1, "e")


def test_nothing_is_owed_for_a_payment_that_never_arrived() -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    with pytest.raises(RefundExceedsPayment):
        claim_refund(payment=payment, amount=Money(1, "EUR"), key="a", reason="test", actor=TESTS, now=now())


def test_another_merchants_refund_is_unknown(late: Payment) -> None:
    (refund,) = refunds_of(late)
    with pytest.raises(UnknownRefund):
        send_refund(merchant_id=make_shop().id, refund_id=refund.pk, actor=TESTS, now=now())
