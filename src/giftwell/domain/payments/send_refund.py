"""Give claimed money back through the gateway that took it."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.payments.events import PaymentRefunded, PaymentRefundFailed
from giftwell.domain.payments.gateway import GatewayRefused, RefundRequest
from giftwell.domain.payments.gateways import gateway
from giftwell.domain.payments.models import Payment, PaymentRefund
from giftwell.domain.payments.names import order_name
from giftwell.domain.payments.postings import post_refund_sent
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound

_Status = PaymentRefund.Status


class UnknownRefund(NotFound):
    """The merchant has no such refund."""

    code = "unknown_refund"


def send_refund(*, merchant_id: UUID, refund_id: UUID, actor: Actor, now: datetime) -> PaymentRefund:
    """Ask the gateway and book its answer; a refund that is settled, or that the gateway refused, is returned
    as it is.

    Stepped: *claim* counts the attempt, *call* names the refund by its own id so that the gateway gives the
    money back once however often it is asked, *settle* posts refunds_due → processor once. Raises
    UnknownRefund, and GatewayUnavailable when the outcome is unknown: call it again.
    """
    refund = claim_attempt(merchant_id=merchant_id, refund_id=refund_id, now=now)
    if refund.status != _Status.CLAIMED:
        return refund
    payment = refund.payment
    request = RefundRequest(key=refund.public_id, reference=payment.reference, amount=refund.amount)
    try:
        reference = gateway(payment.gateway).send_refund(request, now=now)
    except GatewayRefused:
        return _give_up(refund, actor=actor, now=now)
    return settle_refund(refund, gateway_reference=reference, actor=actor, now=now)


def claim_attempt(*, merchant_id: UUID, refund_id: UUID, now: datetime) -> PaymentRefund:
    """Count an attempt and return the refund with its payment."""
    with scope.merchant(merchant_id), transaction(durable=True):
        refund = _locked(merchant_id, refund_id)
        if refund.status == _Status.CLAIMED:
            refund.attempts += 1
            refund.called_at = now
            refund.save(update_fields=["attempts", "called_at"])
        refund.payment = Payment.objects.get(pk=refund.payment_id, merchant_id=merchant_id)
    return refund


def settle_refund(
    refund: PaymentRefund, *, gateway_reference: str, actor: Actor, now: datetime
) -> PaymentRefund:
    """Book that the gateway gave it back. The gateway's own notice and our call's answer both end here; one
    books.
    """
    with scope.merchant(refund.merchant_id), transaction():
        row = _locked(refund.merchant_id, refund.pk)
        if row.status == _Status.REFUNDED:
            return row
        payment = Payment.objects.get(pk=row.payment_id, merchant_id=row.merchant_id)
        row.status, row.gateway_reference, row.settled_at = _Status.REFUNDED, gateway_reference, now
        row.save(update_fields=["status", "gateway_reference", "settled_at"])
        post_refund_sent(payment, row, actor=actor, now=now)
        event = PaymentRefunded(
            merchant_id=row.merchant_id,
            subject=payment.public_id,
            refund=row.public_id,
            order=order_name(payment.order_id),
            amount_minor=row.amount_minor,
            currency=row.currency,
        )
        record(event, actor=actor, at=now)
    return row


def _give_up(refund: PaymentRefund, *, actor: Actor, now: datetime) -> PaymentRefund:
    with scope.merchant(refund.merchant_id), transaction(durable=True):
        row = _locked(refund.merchant_id, refund.pk)
        if row.status != _Status.CLAIMED:
            return row
        row.status = _Status.FAILED
        row.save(update_fields=["status"])
        payment = refund.payment
        event = PaymentRefundFailed(
            merchant_id=row.merchant_id,
            subject=payment.public_id,
            refund=row.public_id,
            order=order_name(payment.order_id),
            amount_minor=row.amount_minor,
            currency=row.currency,
        )
        record(event, actor=actor, at=now)
    return row


def _locked(merchant_id: UUID, refund_id: UUID) -> PaymentRefund:
    refund = PaymentRefund.objects.for_update().filter(merchant_id=merchant_id, pk=refund_id).first()
    if refund is None:
        raise UnknownRefund
    return refund
