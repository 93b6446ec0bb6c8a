"""What a sandbox notice looks like on the wire: written by the processor, read by our adapter. Pure.

Reading is strict about what we use and says nothing about what it does not know, as a gateway may add fields
any day.
"""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from giftwell.domain.payments.gateway import GatewayNotice, MalformedNotice, NoticeKind
from giftwell.kit.money import MAX_MINOR, Money, is_currency

GATEWAY = "sandbox"
ACCOUNT = "acct_giftwell_sandbox"

_Word = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_-]{1,60}\Z")]
_Type = Annotated[str, msgspec.Meta(pattern=r"\A[a-z._]{1,60}\Z")]
_Amount = Annotated[int, msgspec.Meta(ge=1, le=MAX_MINOR)]
_Currency = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{3}\Z")]
_Instant = Annotated[int, msgspec.Meta(ge=0, le=32_503_680_000)]
_KINDS = {
    "checkout.paid": NoticeKind.PAID,
    "checkout.declined": NoticeKind.DECLINED,
    "checkout.expired": NoticeKind.EXPIRED,
    "refund.made": NoticeKind.REFUNDED,
}


class RefundPart(msgspec.Struct, frozen=True):
    """The refund a notice is about."""

    key: _Word
    reference: _Word


class SandboxEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event of the sandbox processor."""

    id: _Word
    type: _Type
    created: _Instant
    account: _Word
    reference: _Word
    client_reference: _Word
    order: _Word
    amount_minor: _Amount
    currency: _Currency
    refund: RefundPart | None = None


_decoder = msgspec.json.Decoder(SandboxEvent)


def write(event: SandboxEvent) -> bytes:
    """The bytes that are signed and sent."""
    return msgspec.json.encode(event)


def read(body: bytes) -> GatewayNotice:
    """The notice in these bytes. Raises MalformedNotice for anything that is not one."""
    try:
        event = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedNotice from error
    if not is_currency(event.currency):
        raise MalformedNotice
    refund = event.refund
    return GatewayNotice(
        gateway=GATEWAY,
        event_id=event.id,
        kind=_KINDS.get(event.type, NoticeKind.OTHER),
        reference=event.reference,
        account=event.account,
        payment=event.client_reference,
        order=event.order,
        amount=Money(event.amount_minor, event.currency),
        occurred_at=datetime.fromtimestamp(event.created, tz=UTC),
        refund=refund.key if refund else "",
        refund_reference=refund.reference if refund else "",
    )
