"""Our side of the sandbox processor: the adapter that stands where Stripe's or PayPal's would.

Its "network" is a call into `processor`, which keeps its own tables; notices come back over real HTTP,
signed.
"""

from collections.abc import Mapping
from datetime import datetime

from giftwell.domain.payments import notices, processor, signature
from giftwell.domain.payments.gateway import Checkout, CheckoutRequest, GatewayNotice, RefundRequest

PAGE = "/sandbox-processor/pay/{reference}/"


class SandboxGateway:
    """The built-in gateway. No real money moves."""

    name = notices.GATEWAY

    def __init__(self, *, secret: str, base_url: str) -> None:
        self._secret = secret
        self._base_url = base_url

    def open_checkout(self, request: CheckoutRequest, *, now: datetime) -> Checkout:
        """Open the processor's hosted page; the same payment twice is the same page."""
        checkout = processor.open_checkout(request, now=now)
        url = self._base_url + PAGE.format(reference=checkout.reference)
        return Checkout(reference=checkout.reference, url=url, account=notices.ACCOUNT)

    def verify_event(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> GatewayNotice:
        """Check the signature over the raw bytes before anything is read out of them."""
        signature.check(self._secret, body, headers.get(signature.HEADER, ""), now=now)
        return notices.read(body)

    def send_refund(self, request: RefundRequest, *, now: datetime) -> str:
        """Ask the processor to give money back; the same key is the same refund."""
        return processor.refund(request, now=now).reference
