"""The steps of hearing a payment that concern money: it arrived, so it is booked; then it pays the order or
goes back.
"""

from datetime import datetime

from giftwell.domain.payments.claim_refund import claim_refund
from giftwell.domain.payments.events import PaymentMismatched, PaymentReturned, PaymentSettled
from giftwell.domain.payments.gateway import GatewayNotice
from giftwell.domain.payments.models import Payment
from giftwell.domain.payments.names import order_name
from giftwell.domain.payments.postings import post_return, post_settlement
from giftwell.foundation.events.record import record
from giftwell.kit.actor import Actor

_Status = Payment.Status


def take_money(payment: Payment, notice: GatewayNotice, actor: Actor, now: datetime) -> str:
    """Book what arrived for a payment that is locked with its order's others, and say what came of it."""
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
        return give_back(payment, actor, now)
    unwanted = _why_unwanted(payment)
    if unwanted:
        _end(payment, _Status.RETURNED, unwanted, now)
        record_return(payment, unwanted, actor, now)
        return give_back(payment, actor, now)
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


def give_back(payment: Payment, actor: Actor, now: datetime) -> str:
    """Owe what arrived to its payer: the posting and the claim. The payment is locked and says why."""
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


def record_return(payment: Payment, reason: str, actor: Actor, now: datetime) -> None:
    """Record `payment.returned`."""
    event = PaymentReturned(
        merchant_id=payment.merchant_id,
        subject=payment.public_id,
        order=order_name(payment.order_id),
        reason=reason,
        amount_minor=payment.settled_minor,
        currency=payment.settled_currency,
    )
    record(event, actor=actor, at=now)
