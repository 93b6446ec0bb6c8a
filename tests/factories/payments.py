"""Notices as a gateway would tell them, true or not, and payments read back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings

from giftwell.domain.payments import notices, processor, signature
from giftwell.domain.payments.gateway import GatewayNotice, NoticeKind
from giftwell.domain.payments.hear_payment import hear_payment
from giftwell.domain.payments.models import Payment, PaymentRefund, SandboxNotice
from giftwell.domain.payments.names import order_name
from giftwell.domain.payments.processor import Button
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id

GATEWAY = Actor.system("gateway-sandbox")


def payment_of(merchant_id: UUID, order_id: UUID) -> Payment:
    """The newest payment of an order."""
    with scope.merchant(merchant_id), reading():
        return Payment.objects.filter(order_id=order_id).latest("created_at")


def fresh(payment: Payment) -> Payment:
    """The payment as it stands now."""
    with scope.merchant(payment.merchant_id), reading():
        return Payment.objects.get(pk=payment.pk)


def refunds_of(payment: Payment) -> list[PaymentRefund]:
    """The payment's refunds, oldest first."""
    with scope.merchant(payment.merchant_id), reading():
        return list(PaymentRefund.objects.filter(payment_id=payment.pk).order_by("claimed_at", "pk"))


def make_notice(payment: Payment, kind: NoticeKind = NoticeKind.PAID, /, **changes: object) -> GatewayNotice:
    """A verified notice that is true of the payment, except where `changes` say otherwise."""
    notice = GatewayNotice(
        gateway=payment.gateway,
        event_id=f"evt_{new_id().hex}",
        kind=kind,
        reference=payment.reference,
        account=payment.account,
        payment=payment.public_id,
        order=order_name(payment.order_id),
        amount=payment.amount,
        occurred_at=now(),
    )
    return replace(notice, **changes)  # type: ignore[arg-type]


def hear(payment: Payment, kind: NoticeKind = NoticeKind.PAID, /, **changes: object) -> str:
    """Hear a notice about the payment, and what came of it."""
    return hear_notice(payment, make_notice(payment, kind, **changes))


def hear_notice(payment: Payment, notice: GatewayNotice) -> str:
    """Hear this notice."""
    return hear_payment(
        merchant_id=payment.merchant_id, payment_id=payment.pk, notice=notice, actor=GATEWAY, now=now()
    )


def press(payment: Payment, button: Button) -> list[bytes]:
    """Press a button of the hosted page; the bodies of the notices it wrote, in the order of telling."""
    processor.press(reference=payment.reference, button=button, now=now())
    return bodies(payment)


def bodies(payment: Payment) -> list[bytes]:
    """The notices that wait in the processor's outbox for this payment."""
    with reading():
        waiting = SandboxNotice.objects.filter(checkout__reference=payment.reference, delivered_at=None)
        return [bytes(notice.body) for notice in waiting]


def headers_for(body: bytes, *, at: datetime | None = None, secret: str = "") -> Mapping[str, str]:
    """The headers under which the processor sends these bytes."""
    return {
        signature.HEADER: signature.sign(secret or settings.SANDBOX_PROCESSOR_SECRET, body, at=at or now())
    }


def body_of(notice: GatewayNotice, *, kind: str = "checkout.paid") -> bytes:
    """The notice as bytes on the wire."""
    return notices.write(
        notices.SandboxEvent(
            id=notice.event_id,
            type=kind,
            created=int(notice.occurred_at.timestamp()),
            account=notice.account,
            reference=notice.reference,
            client_reference=notice.payment,
            order=notice.order,
            amount_minor=notice.amount.amount_minor,
            currency=notice.amount.currency,
        )
    )
