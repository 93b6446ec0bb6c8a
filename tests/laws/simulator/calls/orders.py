"""Selling, through its verbs; the processor's notices are made by hand and believed as verified."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.orders.fulfil_order import fulfil_order
from giftwell.domain.orders.models import OrderLine
from giftwell.domain.orders.opening import Buyer
from giftwell.domain.orders.place_order import place_order
from giftwell.domain.orders.place_top_up import place_top_up
from giftwell.domain.orders.refund_order_card import refund_order_card
from giftwell.domain.orders.wishes import Wish
from giftwell.domain.payments.gateway import NoticeKind
from giftwell.domain.payments.hear_payment import hear_payment
from giftwell.domain.payments.models import Payment
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.money import Money
from tests.factories.payments import GATEWAY, make_notice
from tests.laws.simulator.calls.told import Told, told_by
from tests.laws.simulator.oracle.facts import Command
from tests.laws.simulator.world import ACTOR, World


def _lines(merchant_id: UUID, order_id: UUID) -> list[OrderLine]:
    with scope.merchant(merchant_id), reading():
        return list(OrderLine.objects.filter(order_id=order_id).order_by("position"))


def place(world: World, command: Command, at: datetime) -> Told:
    """Ask for cards."""
    ground = world.grounds[command.merchant]
    currency = ground.merchant.currency
    wishes = [
        Wish(product_id=ground.products[program], value=Money(value, currency))
        for program, value in command.fields["lines"]
    ]

    def ask() -> Told:
        placed = place_order(
            merchant_id=ground.id, wishes=wishes, buyer=Buyer(email="buyer@example.com"), key=command.key,
            actor=ACTOR, now=at,
        )  # fmt: skip
        ids = [placed.order.id]
        for line in _lines(ground.id, placed.order.id):
            ids += [line.id, line.card_id]
        return Told("replayed" if placed.is_replay else "done", ids=tuple(ids))

    return told_by(ask)


def top_up(world: World, command: Command, at: datetime) -> Told:
    """Ask for more on a card."""
    ground = world.grounds[command.merchant]

    def ask() -> Told:
        placed = place_top_up(
            merchant_id=ground.id, card_id=world.id_of("card", command.fields["card"]),
            value=Money(*command.fields["value"]), buyer=Buyer(email="buyer@example.com"), key=command.key,
            actor=ACTOR, now=at,
        )  # fmt: skip
        (line,) = _lines(ground.id, placed.order.id)
        return Told("replayed" if placed.is_replay else "done", ids=(placed.order.id, line.id))

    return told_by(ask)


def pay(world: World, command: Command, at: datetime) -> Told:
    """The processor tells of the order's money, each time by the same notice."""
    ground = world.grounds[command.merchant]
    order_id = world.id_of("order", command.fields["order"])
    with scope.merchant(ground.id), reading():
        payment = Payment.objects.filter(order_id=order_id).latest("created_at")
    notice = make_notice(payment, NoticeKind.PAID, event_id=f"evt_{payment.id.hex}", occurred_at=at)
    return Told(
        hear_payment(merchant_id=ground.id, payment_id=payment.pk, notice=notice, actor=GATEWAY, now=at)
    )


def fulfil(world: World, command: Command, at: datetime) -> Told:
    """The job that loads what was paid."""
    ground = world.grounds[command.merchant]
    order_id = world.id_of("order", command.fields["order"])

    def ask() -> Told:
        fulfil_order(merchant_id=ground.id, order_id=order_id, actor=ACTOR, now=at)
        lines = _lines(ground.id, order_id)
        return Told("done", ids=tuple(line.card_id for line in lines if not line.is_load))

    return told_by(ask)


def refund(world: World, command: Command, at: datetime) -> Told:
    """What is unspent goes back to the buyer."""

    def ask() -> Told:
        answer = refund_order_card(
            merchant_id=world.grounds[command.merchant].id,
            line_id=world.id_of("line", command.fields["order_card"]),
            value_minor=command.fields["amount_minor"], key=command.key, actor=ACTOR, now=at,
        )  # fmt: skip
        return Told("replayed" if answer.is_replay else "done", answer.refund.amount_minor)

    return told_by(ask)


CALLS = {
    "order.place": place, "order.top_up": top_up, "order.pay": pay, "order.fulfil": fulfil,
    "order.refund": refund,
}  # fmt: skip
