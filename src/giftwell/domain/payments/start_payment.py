"""Send a buyer to a gateway's payment page."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.payments.events import PaymentStarted
from giftwell.domain.payments.gateway import Checkout, CheckoutRequest
from giftwell.domain.payments.gateways import DEFAULT, gateway
from giftwell.domain.payments.models import Payment
from giftwell.domain.payments.names import order_name
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused
from giftwell.kit.money import Money


class AlreadyPaid(Refused):
    """A payment of this order has succeeded; a second one would only have to go back."""

    code = "already_paid"
    detail = "This order is paid already."


def start_payment(
    *,
    merchant_id: UUID,
    order_id: UUID,
    amount: Money,
    seller: str,
    description: str,
    return_url: str,
    expires_at: datetime,
    gateway_name: str = DEFAULT,
    actor: Actor,
    now: datetime,
) -> Payment:
    """Open a payment page for an order, or return the one still open; the buyer goes to `checkout_url`.

    The price comes from the floor above, never from a client. Stepped and safe to repeat: *claim* writes the
    payment, *call* asks the gateway under the payment's own id, *settle* keeps its reference. Raises
    AlreadyPaid, GatewayUnavailable (nothing was charged; call again) or GatewayRefused.
    """
    adapter = gateway(gateway_name)
    payment = _claim(
        merchant_id=merchant_id, order_id=order_id, amount=amount, gateway_name=gateway_name, now=now
    )
    if payment.reference:
        return payment
    request = CheckoutRequest(
        payment=payment.public_id,
        order=order_name(order_id),
        seller=seller,
        description=description,
        amount=payment.amount,
        return_url=return_url,
        expires_at=expires_at,
    )
    checkout = adapter.open_checkout(request, now=now)
    return _settle(payment, checkout, actor=actor, now=now)


def _claim(*, merchant_id: UUID, order_id: UUID, amount: Money, gateway_name: str, now: datetime) -> Payment:
    """The order's open payment. Two buyers' clicks at once meet in the unique index and share one."""
    with scope.merchant(merchant_id), transaction(durable=True):
        known = Payment.objects.filter(merchant_id=merchant_id, order_id=order_id)
        if known.filter(status=Payment.Status.SUCCEEDED).exists():
            raise AlreadyPaid
        payment, _ = Payment.objects.get_or_create(
            merchant_id=merchant_id,
            order_id=order_id,
            status=Payment.Status.CREATED,
            defaults={
                "gateway": gateway_name,
                "amount_minor": amount.amount_minor,
                "currency": amount.currency,
                "created_at": now,
            },
        )
    return payment


def _settle(payment: Payment, checkout: Checkout, *, actor: Actor, now: datetime) -> Payment:
    with scope.merchant(payment.merchant_id), transaction(durable=True):
        row = Payment.objects.for_update().get(pk=payment.pk, merchant_id=payment.merchant_id)
        if row.reference:
            return row
        row.reference, row.checkout_url, row.account = checkout.reference, checkout.url, checkout.account
        row.save(update_fields=["reference", "checkout_url", "account"])
        event = PaymentStarted(
            merchant_id=row.merchant_id,
            subject=row.public_id,
            order=order_name(row.order_id),
            amount_minor=row.amount_minor,
            currency=row.currency,
        )
        record(event, actor=actor, at=now)
    return row
