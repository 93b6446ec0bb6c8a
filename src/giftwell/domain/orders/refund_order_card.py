"""Give a buyer back what is unspent on a sold card."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.lineage import carried_on
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card, CloseReason, Status
from giftwell.domain.cards.refusals import CardIsClosed, CardIsPending
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.balance import balance
from giftwell.domain.ledger.chart import AccountKind, Legs, PostingKind
from giftwell.domain.ledger.post import Move, post_new
from giftwell.domain.orders.events import OrderCardRefunded
from giftwell.domain.orders.models import Order, OrderLine, OrderRefund
from giftwell.domain.orders.refunds import Split, split
from giftwell.domain.payments.claim_refund import claim_refund
from giftwell.domain.payments.models import Payment, PaymentRefund
from giftwell.foundation.events.record import record
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.tenancy import PLATFORM, scope
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound, Refused
from giftwell.kit.ids import parse_id, public_id

OPERATION = "order_refund"


class UnknownOrderCard(NotFound):
    """No such line, another merchant's, or not paid for."""

    code = "unknown_order_card"
    detail = "There is no such order card."


class CardIsFrozen(Refused):
    """Whoever froze the card had a reason; it is cleared before money leaves."""

    code = "card_is_frozen"
    detail = "This card is frozen. Unfreeze it before refunding it."


class CardIsExpired(Refused):
    """The value is no longer the holder's to give back."""

    code = "card_is_expired"
    detail = "This card has expired."


class OrderIsNotFulfilled(Refused):
    """A top-up that is not paid yet or went back whole: what is on its card came from elsewhere."""

    code = "order_is_not_fulfilled"
    detail = "Nothing of this order is on the card: it is not paid, or its money went back."


@dataclass(frozen=True, slots=True)
class RefundedCard:
    """The refund, and whether an earlier request with the key had made it."""

    refund: OrderRefund
    is_replay: bool


def refund_order_card(
    *,
    merchant_id: UUID,
    line_id: UUID,
    key: str,
    value_minor: int | None = None,
    actor: Actor,
    now: datetime,
) -> RefundedCard:
    """Take unspent value off a sold card and owe its price to the payer; `value_minor` null means all that is
    unspent.

    What the merchant had added as a discount goes back to the merchant first, so a payer never gets more than
    was paid; the buyer's fee is kept. A card that was replaced since gives out of the one that carries it on.
    An emptied card is closed as refunded, one that this order only loaded stays. The money leaves in the
    steps of `send_refund`, started by `payment.refund_due`. The same `key` gives the first answer again.
    Raises UnknownOrderCard, CardIsPending, CardIsFrozen, CardIsExpired, CardIsClosed, OrderIsNotFulfilled,
    RefundExceedsUnspent, NothingToRefund, KeyConflict.
    """
    fields = {"order_card": str(line_id), "amount_minor": value_minor}
    with (
        scope.merchant(merchant_id),
        once(merchant_id=merchant_id, operation=OPERATION, key=key, fields=fields, now=now) as effect,
    ):
        if effect.is_replay:
            kept = OrderRefund.objects.get(merchant_id=merchant_id, pk=parse_id("ref", effect.resource))
            return RefundedCard(kept, is_replay=True)
        line = OrderLine.objects.for_update().filter(merchant_id=merchant_id, pk=line_id).first()
        if line is None:
            raise UnknownOrderCard
        sold = Card.objects.get(merchant_id=merchant_id, pk=line.card_id)
        card = locked_card(merchant_id, carried_on(sold).id, now)
        _check_state(card, now)
        if not Order.objects.filter(pk=line.order_id, status=Order.Status.FULFILLED).exists():
            raise OrderIsNotFulfilled
        parts = split(line, balance(merchant_id, card.account_id, now=now).available_minor, value_minor)
        _take_off(line, card, parts, key=key, actor=actor, now=now)
        refund = _owe(line, card, parts, actor=actor, now=now)
        effect.resource = refund.public_id
    return RefundedCard(refund, is_replay=False)


def _check_state(card: Card, now: datetime) -> None:
    if card.status == Status.PENDING:
        raise CardIsPending
    if card.status == Status.FROZEN:
        raise CardIsFrozen
    if card.status == Status.CLOSED:
        raise CardIsClosed
    if card.expires_at is not None and card.expires_at <= now:
        raise CardIsExpired


def _take_off(line: OrderLine, card: Card, parts: Split, *, key: str, actor: Actor, now: datetime) -> None:
    """Take the value off the card and owe the money; the key is the cause, once for ever."""
    move = Move(
        merchant_id=card.merchant_id,
        kind=PostingKind.REFUND_ORDER,
        currency=card.currency,
        cause=f"key:{key}",
        legs=_legs(line, card, parts),
        actor=str(actor),
        subject=card.account_id,
    )
    post_new(move, now=now)


def _legs(line: OrderLine, card: Card, parts: Split) -> Legs:
    """Escrow: card → pending for the discount, card → refunds_due for the money. Direct: the merchant owes
    the value no longer, and returns the money with the platform's commission on it.
    """
    program = card.program
    (refunds_due,) = open_accounts(
        [AccountSpec(merchant_id=PLATFORM, kind=AccountKind.REFUNDS_DUE, currency=card.currency)]
    )
    if program.issued_account_id is None:
        return chart.refund_order(
            card=card.account_id,
            pending=program.pending_account_id,
            refunds_due=refunds_due,
            unspent_minor=parts.value_minor,
            discount_minor=parts.discount_minor,
        )
    return chart.refund_order_direct(
        card=card.account_id,
        issued=program.issued_account_id,
        pending=program.pending_account_id,
        commission=program.commission_account_id,
        refunds_due=refunds_due,
        value_minor=parts.value_minor,
        amount_minor=parts.amount_minor,
        commission_minor=chart.commission_returned(
            line.commission_minor,
            captured_minor=line.price_minor,
            refunded_minor=line.refunded_minor,
            amount_minor=parts.amount_minor,
        ),
    )


def _owe(line: OrderLine, card: Card, parts: Split, *, actor: Actor, now: datetime) -> OrderRefund:
    payment = Payment.objects.get(
        merchant_id=line.merchant_id, order_id=line.order_id, status=Payment.Status.SUCCEEDED
    )
    line.refunded_value_minor += parts.value_minor
    line.refunded_discount_minor += parts.discount_minor
    line.refunded_minor += parts.amount_minor
    line.save(update_fields=["refunded_value_minor", "refunded_discount_minor", "refunded_minor"])
    paid_back = _claim(payment, line, parts, actor=actor, now=now)
    refund = OrderRefund.objects.create(
        payment_refund=paid_back,
        merchant_id=line.merchant_id,
        line=line,
        value_minor=parts.value_minor,
        discount_minor=parts.discount_minor,
        amount_minor=parts.amount_minor,
        currency=line.currency,
        refunded_at=now,
    )
    if not line.is_load and not balance(card.merchant_id, card.account_id, now=now).balance_minor:
        close_card(
            merchant_id=card.merchant_id, card_id=card.id, reason=CloseReason.REFUNDED, actor=actor, now=now
        )
    event = OrderCardRefunded(
        merchant_id=line.merchant_id,
        subject=public_id(Order.PREFIX, line.order_id),
        line=line.public_id,
        card=card.public_id,
        refund=refund.public_id,
        value_minor=parts.value_minor,
        amount_minor=parts.amount_minor,
        currency=line.currency,
    )
    record(event, actor=actor, at=now)
    return refund


def _claim(payment: Payment, line: OrderLine, parts: Split, *, actor: Actor, now: datetime) -> PaymentRefund:
    return claim_refund(
        payment=payment,
        amount=parts.money(line.currency),
        key=f"line:{line.id}:{line.refunded_value_minor}",
        reason="order_card",
        actor=actor,
        now=now,
    )
