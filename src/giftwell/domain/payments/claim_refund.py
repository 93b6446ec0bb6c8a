"""Claim money for a payer: the first of a refund's three steps, inside the transaction that took the value
away.
"""

from datetime import datetime

from giftwell.domain.payments.events import PaymentRefundDue
from giftwell.domain.payments.models import Payment, PaymentRefund
from giftwell.domain.payments.names import order_name
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused
from giftwell.kit.money import Money


class RefundExceedsPayment(Refused):
    """More would go back than came in."""

    code = "refund_exceeds_payment"
    detail = "More than was paid cannot be refunded."


def claim_refund(
    *, payment: Payment, amount: Money, key: str, reason: str, actor: Actor, now: datetime
) -> PaymentRefund:
    """Note that `amount` of a payment is owed to its payer, once for a key (the name of the cause).

    Call it in the transaction that posts the value to `refunds_due`: it posts nothing itself. Raises
    RefundExceedsPayment when the refunds together would be more than what arrived, and for another currency
    than arrived.
    """
    with scope.merchant(payment.merchant_id), transaction():
        row = Payment.objects.for_update().get(pk=payment.pk, merchant_id=payment.merchant_id)
        known = PaymentRefund.objects.filter(merchant_id=row.merchant_id, key=key).first()
        if known is not None:
            return known
        if not row.is_settled or amount.currency != row.settled_currency:
            raise RefundExceedsPayment
        if row.refunded_minor + amount.amount_minor > row.settled_minor:
            raise RefundExceedsPayment
        row.refunded_minor += amount.amount_minor
        row.save(update_fields=["refunded_minor"])
        refund = PaymentRefund.objects.create(
            merchant_id=row.merchant_id,
            payment=row,
            key=key,
            reason=reason,
            amount_minor=amount.amount_minor,
            currency=amount.currency,
            claimed_at=now,
        )
        event = PaymentRefundDue(
            merchant_id=row.merchant_id,
            subject=row.public_id,
            refund=refund.public_id,
            order=order_name(row.order_id),
            reason=reason,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
        )
        record(event, actor=actor, at=now)
    return refund
