"""Payments: money that is owed back is sent back."""

from giftwell.domain.payments.send_refund import send_refund
from giftwell.foundation.events.models import Event
from giftwell.interfaces.jobs.reaction import reaction
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id


@reaction("payments.send_refund")
def send_due(event: Event) -> None:
    """Ask the gateway for the refund that has been claimed."""
    assert event.merchant_id, "a payment is always a merchant's"
    send_refund(
        merchant_id=event.merchant_id,
        refund_id=parse_id("ref", event.data["refund"]),
        actor=Actor.system("payments.send_refund"),
        now=now(),
    )
