"""The three movements of a payment, each under a cause of its own, so that each happens once for ever.

The row lock of the payment already keeps them apart; the cause is the second net, and the one that survives a
restore.
"""

from datetime import datetime

from giftwell.domain.ledger import chart
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.chart import AccountKind, Legs, PostingKind
from giftwell.domain.ledger.post import Move, post_one
from giftwell.domain.payments.models import Payment, PaymentRefund
from giftwell.foundation.tenancy import PLATFORM
from giftwell.kit.actor import Actor
from giftwell.kit.money import Money


def _accounts(currency: str, *kinds: str) -> list[int]:
    return open_accounts([AccountSpec(merchant_id=PLATFORM, kind=kind, currency=currency) for kind in kinds])


def _move(payment: Payment, kind: PostingKind, cause: str, currency: str, legs: Legs, actor: Actor) -> Move:
    return Move(
        merchant_id=payment.merchant_id,
        kind=kind,
        currency=currency,
        cause=cause,
        legs=legs,
        actor=str(actor),
    )


def post_settlement(payment: Payment, paid: Money, *, actor: Actor, now: datetime) -> None:
    """The money is at the processor and belongs to nobody's card yet: processor → unapplied."""
    processor, unapplied = _accounts(
        paid.currency, f"{chart.PROCESSOR}:{payment.gateway}", AccountKind.UNAPPLIED
    )
    legs = chart.settle(processor=processor, unapplied=unapplied, paid_minor=paid.amount_minor)
    post_one(_move(payment, PostingKind.SETTLE, f"settle:{payment.id}", paid.currency, legs, actor), now=now)


def post_return(payment: Payment, paid: Money, *, actor: Actor, now: datetime) -> None:
    """Money that cannot be used is owed to whoever paid it: unapplied → refunds_due."""
    unapplied, refunds_due = _accounts(paid.currency, AccountKind.UNAPPLIED, AccountKind.REFUNDS_DUE)
    legs = chart.refund_due(unapplied=unapplied, refunds_due=refunds_due, paid_minor=paid.amount_minor)
    post_one(
        _move(payment, PostingKind.REFUND_DUE, f"return:{payment.id}", paid.currency, legs, actor), now=now
    )


def post_refund_sent(payment: Payment, refund: PaymentRefund, *, actor: Actor, now: datetime) -> None:
    """The processor has given it back: refunds_due → processor."""
    refunds_due, processor = _accounts(
        refund.currency, AccountKind.REFUNDS_DUE, f"{chart.PROCESSOR}:{payment.gateway}"
    )
    legs = chart.refund_sent(refunds_due=refunds_due, processor=processor, amount_minor=refund.amount_minor)
    post_one(
        _move(payment, PostingKind.REFUND_SENT, f"refund-sent:{refund.id}", refund.currency, legs, actor),
        now=now,
    )
