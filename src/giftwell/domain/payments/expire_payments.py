"""Say that an order is no longer to be paid."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.payments.events import PaymentExpired
from giftwell.domain.payments.models import Payment
from giftwell.domain.payments.names import order_name
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def expire_payments(*, merchant_id: UUID, order_id: UUID, actor: Actor, now: datetime) -> bool:
    """End every payment of the order that could still be wanted, and say whether the order may die.

    False means that one has succeeded: the money is there, and the order is to be fulfilled instead. The
    payments' locks decide between this and a notice that arrives at the same moment: whichever is first, the
    other sees it.
    """
    with scope.merchant(merchant_id), transaction():
        payments = list(Payment.objects.for_update().filter(merchant_id=merchant_id, order_id=order_id))
        if any(payment.status == Payment.Status.SUCCEEDED for payment in payments):
            return False
        for payment in payments:
            if payment.is_payable:
                end_payment(payment, actor=actor, now=now)
    return True


def end_payment(payment: Payment, *, actor: Actor, now: datetime) -> None:
    """Mark one locked payment as expired. Money that arrives after this goes back to its payer."""
    payment.status = Payment.Status.EXPIRED
    payment.ended_at = now
    payment.save(update_fields=["status", "ended_at"])
    event = PaymentExpired(
        merchant_id=payment.merchant_id, subject=payment.public_id, order=order_name(payment.order_id)
    )
    record(event, actor=actor, at=now)
