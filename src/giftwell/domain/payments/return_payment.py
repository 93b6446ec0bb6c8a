"""Give good money back that nothing can be delivered for after all."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.payments.arrivals import give_back, record_return
from giftwell.domain.payments.hear_payment import UnknownPayment
from giftwell.domain.payments.models import Payment
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor

UNDELIVERABLE = "undeliverable"
"""Why: the card that the money was to load cannot take it any more."""


def return_payment(*, merchant_id: UUID, payment_id: UUID, actor: Actor, now: datetime) -> Payment:
    """Owe a payment that succeeded back to its payer, whole: unapplied → refunds_due.

    Call it in the transaction that decides that its order is not fulfilled. One that was returned before is
    given back as it is. Raises UnknownPayment for any other that did not succeed.
    """
    with scope.merchant(merchant_id), transaction():
        payment = Payment.objects.for_update().filter(merchant_id=merchant_id, pk=payment_id).first()
        if payment is None or payment.status not in {Payment.Status.SUCCEEDED, Payment.Status.RETURNED}:
            raise UnknownPayment
        if payment.status == Payment.Status.RETURNED:
            return payment
        payment.status, payment.reason, payment.ended_at = Payment.Status.RETURNED, UNDELIVERABLE, now
        payment.save(update_fields=["status", "reason", "ended_at"])
        record_return(payment, UNDELIVERABLE, actor, now)
        give_back(payment, actor, now)
    return payment
