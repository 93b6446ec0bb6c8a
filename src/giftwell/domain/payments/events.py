"""What can happen to payments. Ids and amounts only: these are a public contract."""

from dataclasses import dataclass
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PaymentStarted(DomainEvent):
    """A buyer was sent to a gateway's page."""

    TYPE: ClassVar[str] = "payment.started"

    order: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentSettled(DomainEvent):
    """The money for an order is there. Whoever fulfils orders may go on."""

    TYPE: ClassVar[str] = "payment.settled"

    order: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(DomainEvent):
    """The gateway declined a try. The order can still be paid."""

    TYPE: ClassVar[str] = "payment.failed"

    order: str


@dataclass(frozen=True, kw_only=True)
class PaymentExpired(DomainEvent):
    """The payment's time is over. Money that still arrives goes back."""

    TYPE: ClassVar[str] = "payment.expired"

    order: str


@dataclass(frozen=True, kw_only=True)
class PaymentMismatched(DomainEvent):
    """A gateway reported money that is not what was asked for; `reason` says in what it differs."""

    TYPE: ClassVar[str] = "payment.mismatched"

    order: str
    reason: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentReturned(DomainEvent):
    """Good money came too late (`late`), a second time (`already_paid`) or for a card that can take it no
    more (`undeliverable`), and goes back.
    """

    TYPE: ClassVar[str] = "payment.returned"

    order: str
    reason: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentRefundDue(DomainEvent):
    """Money is owed to a payer and claimed for a refund; the gateway has to be asked."""

    TYPE: ClassVar[str] = "payment.refund_due"

    refund: str
    order: str
    reason: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentRefunded(DomainEvent):
    """The gateway has given the money back."""

    TYPE: ClassVar[str] = "payment.refunded"

    refund: str
    order: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentRefundFailed(DomainEvent):
    """The gateway will not give it back; the money stays owed, and a person has to look."""

    TYPE: ClassVar[str] = "payment.refund_failed"

    refund: str
    order: str
    amount_minor: int
    currency: str
