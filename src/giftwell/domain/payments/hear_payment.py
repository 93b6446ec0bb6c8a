"""Believe a gateway: the only way in which a payment settles."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from giftwell.domain.payments.claim_refund import claim_refund
from giftwell.domain.payments.events import PaymentFailed, PaymentMismatched, PaymentReturned, PaymentSettled
from giftwell.domain.payments.expire_payments import end_payment
from giftwell.domain.payments.gateway import GatewayNotice, NoticeKind
from giftwell.domain.payments.models import GatewayEvent, Payment, PaymentRefund
from giftwell.domain.payments.names import order_name
from giftwell.domain.payments.postings import post_return, post_settlement
from giftwell.domain.payments.send_refund import settle_refund
from giftwell.foundation.events.record import record
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
    with transaction():
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


def _paid(payment: Payment, notice: GatewayNotice, actor: Actor, now: datetime) -> str:
    if payment.is_settled:
        return "ignored"
    if notice.account != payment.account:
        # Somebody else's account got this money: there is nothing of ours to book, and nothing to give back.
        _record_mismatch(payment, notice, "account", actor, now)
        return "wrong_account"
    post_settlement(payment, notice.amount, actor=actor, now=now)
    payment.settled_minor = notice.amount.amount_minor
    payment.settled_currency = notice.amount.currency
    payment.settled_at = now
    difference = _difference(payment, notice)
    if difference:
        _end(payment, _Status.MISMATCHED, difference, now)
        _record_mismatch(payment, notice, difference, actor, now)
        return _give_back(payment, actor, now)
    unwanted = _why_unwanted(payment)
    if unwanted:
        _end(payment, _Status.RETURNED, unwanted, now)
        _record_return(payment, unwanted, actor, now)
        return _give_back(payment, actor, now)
    _end(payment, _Status.SUCCEEDED, "", now)
    event = PaymentSettled(
        merchant_id=payment.merchant_id,
        subject=payment.public_id,
        order=order_name(payment.order_id),
        amount_minor=payment.settled_minor,
        currency=payment.settled_currency,
    )
    record(event, actor=actor, at=now)
    return "settled"


def _difference(payment: Payment, notice: GatewayNotice) -> str:
    """In what the money differs from what was asked, or nothing."""
    checks = {
        "order": notice.order == order_name(payment.order_id),
        "payment": notice.payment == payment.public_id,
        "currency": notice.amount.currency == payment.currency,
        "amount": notice.amount.amount_minor == payment.amount_minor,
    }
    return next((name for name, agrees in checks.items() if not agrees), "")


def _why_unwanted(payment: Payment) -> str:
    """Why good money cannot be used any more, or nothing."""
    if not payment.is_payable:
        return "late"
    paid = Payment.objects.filter(
        merchant_id=payment.merchant_id, order_id=payment.order_id, status=_Status.SUCCEEDED
    )
    return "already_paid" if paid.exists() else ""


def _end(payment: Payment, status: Payment.Status, reason: str, now: datetime) -> None:
    payment.status, payment.reason, payment.ended_at = status, reason, now
    payment.save(
        update_fields=["status", "reason", "ended_at", "settled_minor", "settled_currency", "settled_at"]
    )


def _give_back(payment: Payment, actor: Actor, now: datetime) -> str:
    post_return(payment, payment.settled, actor=actor, now=now)
    claim_refund(
        payment=payment,
        amount=payment.settled,
        key=f"return:{payment.id}",
        reason=payment.reason,
        actor=actor,
        now=now,
    )
    return str(payment.status)


def _record_mismatch(
    payment: Payment, notice: GatewayNotice, reason: str, actor: Actor, now: datetime
) -> None:
    event = PaymentMismatched(
        merchant_id=payment.merchant_id,
        subject=payment.public_id,
        order=order_name(payment.order_id),
        reason=reason,
        amount_minor=notice.amount.amount_minor,
        currency=notice.amount.currency,
    )
    record(event, actor=actor, at=now)


def _record_return(payment: Payment, reason: str, actor: Actor, now: datetime) -> None:
    event = PaymentReturned(
        merchant_id=payment.merchant_id,
        subject=payment.public_id,
        order=order_name(payment.order_id),
        reason=reason,
        amount_minor=payment.settled_minor,
        currency=payment.settled_currency,
    )
    record(event, actor=actor, at=now)


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
    NoticeKind.PAID: _paid,
    NoticeKind.DECLINED: _declined,
    NoticeKind.EXPIRED: _expired,
    NoticeKind.REFUNDED: _refunded,
}
