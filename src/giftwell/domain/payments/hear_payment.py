"""Believe a gateway: the only way in which a payment settles."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from giftwell.domain.payments.arrivals import take_money
from giftwell.domain.payments.events import PaymentFailed
from giftwell.domain.payments.expire_payments import end_payment
from giftwell.domain.payments.gateway import GatewayNotice, NoticeKind
from giftwell.domain.payments.models import GatewayEvent, Payment, PaymentRefund
from giftwell.domain.payments.names import order_name
from giftwell.domain.payments.send_refund import settle_refund
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound

_Status = Payment.Status


class UnknownPayment(NotFound):
    """The merchant has no payment by that id and reference."""

    code = "unknown_payment"


def hear_payment(
    *, merchant_id: UUID, payment_id: UUID, notice: GatewayNotice, actor: Actor, now: datetime
) -> str:
    """Take in one verified notice about a payment and return what came of it (`settled`, `duplicate`,
    `ignored`, …).

    Money that arrived is booked whatever we think of it, exactly once; then it either pays the order
    (`settled`) or goes back (`returned`, `mismatched`). Facts only ever add up: a decline or an expiry that
    is heard after the money changes nothing, so the order in which notices arrive cannot make a wrong state.
    Raises UnknownPayment.
    """
    with scope.merchant(merchant_id), transaction():
        # The insert comes first: of two tellings at once the second waits here, and then finds it heard.
        event, is_new = GatewayEvent.objects.get_or_create(
            merchant_id=merchant_id,
            gateway=notice.gateway,
            event_id=notice.event_id,
            defaults={
                "payment_id": payment_id,
                "kind": notice.kind,
                "amount_minor": notice.amount.amount_minor,
                "currency": notice.amount.currency,
                "occurred_at": notice.occurred_at,
                "received_at": now,
            },
        )
        if not is_new:
            return "duplicate"
        payment = _locked_with_siblings(merchant_id, payment_id, notice)
        outcome = _HEAR.get(notice.kind, _ignore)(payment, notice, actor, now)
        event.outcome = outcome
        event.save(update_fields=["outcome"])
    return outcome


def _locked_with_siblings(merchant_id: UUID, payment_id: UUID, notice: GatewayNotice) -> Payment:
    """The payment, locked together with the order's other payments: only one of them may succeed."""
    mine = Payment.objects.filter(
        merchant_id=merchant_id, pk=payment_id, gateway=notice.gateway, reference=notice.reference
    ).first()
    if mine is None:
        raise UnknownPayment
    locked = Payment.objects.for_update().filter(merchant_id=merchant_id, order_id=mine.order_id)
    return next(payment for payment in locked if payment.pk == payment_id)


def _declined(payment: Payment, notice: GatewayNotice, actor: Actor, now: datetime) -> str:
    if payment.status != _Status.CREATED:
        return "ignored"
    payment.status, payment.ended_at = _Status.FAILED, now
    payment.save(update_fields=["status", "ended_at"])
    event = PaymentFailed(
        merchant_id=payment.merchant_id, subject=payment.public_id, order=order_name(payment.order_id)
    )
    record(event, actor=actor, at=now)
    return "declined"


def _expired(payment: Payment, notice: GatewayNotice, actor: Actor, now: datetime) -> str:
    if not payment.is_payable:
        return "ignored"
    end_payment(payment, actor=actor, now=now)
    return "expired"


def _refunded(payment: Payment, notice: GatewayNotice, actor: Actor, now: datetime) -> str:
    refund = next(
        (r for r in PaymentRefund.objects.filter(payment=payment) if r.public_id == notice.refund), None
    )
    # A refund that we did not ask for, or not in this amount, is for a person to look at: nothing is booked
    # by guess.
    if refund is None or refund.amount != notice.amount:
        return "unknown_refund"
    if refund.status == PaymentRefund.Status.REFUNDED:
        return "ignored"
    settle_refund(refund, gateway_reference=notice.refund_reference, actor=actor, now=now)
    return "refunded"


def _ignore(payment: Payment, notice: GatewayNotice, actor: Actor, now: datetime) -> str:
    return "ignored"


_HEAR: dict[NoticeKind, Callable[[Payment, GatewayNotice, Actor, datetime], str]] = {
    NoticeKind.PAID: take_money,
    NoticeKind.DECLINED: _declined,
    NoticeKind.EXPIRED: _expired,
    NoticeKind.REFUNDED: _refunded,
}
