"""The port to payment gateways: what we ask of one, and what it tells us. Adapters implement `Gateway`.

A notice says what the gateway claims happened; whether it settles anything is `hear_payment`'s decision.
Every call of an adapter may touch a network, so none is made inside a transaction, and each carries a name
under which asking again returns the first answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from giftwell.kit.errors import Invalid, Refused, Unavailable
from giftwell.kit.money import Money


class BadSignature(Invalid):
    """The bytes were not signed by the gateway, or too long ago. Says no more: a forger learns nothing from
    it.
    """

    code = "bad_signature"
    detail = "The signature does not match."


class MalformedNotice(Invalid):
    """Signed, but not something this adapter can read."""

    code = "malformed_notice"
    detail = "The notice cannot be read."


class GatewaySecretMissing(Unavailable):
    """No secret is set for the gateway, so nothing it says can be believed."""

    code = "gateway_not_configured"
    detail = "This gateway is not configured."


class GatewayUnavailable(Unavailable):
    """The gateway does not answer. The outcome is unknown; asking again with the same key is safe."""

    code = "gateway_unavailable"
    detail = "The payment processor does not answer at the moment. Nothing was charged; try again shortly."


class GatewayRefused(Refused):
    """The gateway answered, and will not do it, now or later."""

    code = "gateway_refused"
    detail = "The payment processor refused."


class NoticeKind(StrEnum):
    """What a notice reports. `OTHER` is anything we have no use for."""

    PAID = "paid"
    DECLINED = "declined"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What the gateway needs to show its payment page. `payment` and `order` are public ids that it repeats
    in notices.
    """

    payment: str
    order: str
    seller: str
    description: str
    amount: Money
    return_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Checkout:
    """A payment page: the gateway's reference, where to send the buyer, and the account the money will arrive
    in.
    """

    reference: str
    url: str
    account: str


@dataclass(frozen=True, slots=True)
class GatewayNotice:
    """One verified event. `amount` is the payment's, or the refund's where `refund` names one of ours."""

    gateway: str
    event_id: str
    kind: NoticeKind
    reference: str
    account: str
    payment: str
    order: str
    amount: Money
    occurred_at: datetime
    refund: str = ""
    refund_reference: str = ""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money to give back. `key` is the same at every attempt: the gateway gives it back once."""

    key: str
    reference: str
    amount: Money


class Gateway(Protocol):
    """One payment gateway."""

    name: str

    def open_checkout(self, request: CheckoutRequest, *, now: datetime) -> Checkout:
        """Open a payment page, or return the one already opened for the same payment.

        Raises GatewayUnavailable (unknown outcome, ask again) or GatewayRefused.
        """
        ...

    def verify_event(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> GatewayNotice:
        """Check the signature over the raw bytes, then read them.

        Raises GatewaySecretMissing, BadSignature or MalformedNotice.
        """
        ...

    def send_refund(self, request: RefundRequest, *, now: datetime) -> str:
        """Give money back and return the gateway's reference of the refund; the same key gives back once.

        Raises GatewayUnavailable (unknown outcome, ask again) or GatewayRefused (it never will).
        """
        ...
