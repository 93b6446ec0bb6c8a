"""The tables of payments, one file a noun; `processor` holds what would be another company's database."""

from giftwell.domain.payments.models.payment import GatewayEvent, Payment
from giftwell.domain.payments.models.processor import SandboxCheckout, SandboxNotice, SandboxRefund
from giftwell.domain.payments.models.refund import PaymentRefund

__all__ = ["GatewayEvent", "Payment", "PaymentRefund", "SandboxCheckout", "SandboxNotice", "SandboxRefund"]
