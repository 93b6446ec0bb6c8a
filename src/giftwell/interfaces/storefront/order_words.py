"""How an order stands, in its buyer's words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from giftwell.domain.orders.models import Order
from giftwell.domain.orders.queries import LineView, OrderView
from giftwell.domain.payments.models import Payment, PaymentRefund
from giftwell.interfaces.common.templatetags.words import money_text


@dataclass(frozen=True, slots=True)
class State:
    """How an order stands: `watch` while it may still change by itself, `retry` while it can be paid."""

    name: str
    title: str
    text: str
    watch: bool = False
    retry: bool = False
    again: bool = False


def state_of(view: OrderView) -> State:
    """How the order stands, in words."""
    is_load = view.lines[0].line.is_load
    if view.state == "fulfilled":
        return _fulfilled(view, is_load=is_load)
    if view.state == "paid":
        text = _("The gift is being made; this takes a moment.")
        if is_load:
            text = _("The card is being loaded; this takes a moment.")
        return State("paid", _("Paid, thank you"), text, watch=True)
    if view.order.status == Order.Status.RETURNED:
        return _returned(view)
    if view.order.status == Order.Status.EXPIRED:
        text = _("It was not paid in time. Nothing was kept; a payment that still arrives goes back.")
        return State("expired", _("This order has ended"), text, again=True)
    return _unpaid(view.state, is_load=is_load)


def _fulfilled(view: OrderView, *, is_load: bool) -> State:
    if all(one.line.refunded_minor >= one.line.price_minor for one in view.lines):
        text = _("The money goes back the way it was paid. The cards are closed.")
        if is_load:
            text = _("The money goes back the way it was paid. The card stays, with what else is on it.")
        return State("refunded", _("Refunded"), text, again=True)
    if is_load:
        return State("fulfilled", _("Topped up"), _topped_up(view.lines[0]), again=True)
    return State("fulfilled", _("Given"), _("It is paid, and the gift is ready. Thank you."), again=True)


def _topped_up(view: LineView) -> str:
    words = {"amount": money_text(view.line.value), "last4": view.card.last4}
    return _("%(amount)s are on card %(last4)s and can be spent at once. Thank you.") % words


def _returned(view: OrderView) -> State:
    """A top-up that was paid and could not be given: what happened, and how far the money is on its way."""
    is_due = any(one.status == PaymentRefund.Status.CLAIMED for one in view.money_back)
    text = _(
        "When the payment arrived, the card could not take it any more, so nothing was added to it. All of "
        "it goes back the way it was paid, and you need not do anything."
    )
    way = _("It is on its way.") if is_due else _("It has left us; your bank may take some days.")
    return State("returned", _("Your money goes back"), f"{text} {way}", watch=is_due, again=True)


def _unpaid(state: str, *, is_load: bool) -> State:
    if state == Payment.Status.MISMATCHED:
        text = _("What arrived is not what was asked for: it goes back to you. You can pay once more.")
        return State("mismatched", _("The payment did not match"), text, watch=True, retry=True)
    if state == Payment.Status.FAILED:
        text = _("The payment was declined, and nothing was charged. Your words are kept: try again.")
        if is_load:
            text = _("The payment was declined, and nothing was charged. You can try again.")
        return State("declined", _("Not paid yet"), text, watch=True, retry=True)
    if state in {Payment.Status.EXPIRED, Payment.Status.RETURNED}:
        text = _("The payment page was open for too long. Nothing was kept. Your words are: try again.")
        if is_load:
            text = _("The payment page was open for too long. Nothing was charged. You can try again.")
        return State("lapsed", _("Not paid yet"), text, watch=True, retry=True)
    text = _("As soon as the payment has arrived, this page says so by itself. It can take a few seconds.")
    return State("awaiting", _("Waiting for the payment"), text, watch=True, retry=True)
