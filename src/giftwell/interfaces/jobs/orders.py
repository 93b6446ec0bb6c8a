"""Orders: fulfilled when their payment has settled, and the letter to its buyer that ends each one."""

from uuid import UUID

from giftwell.domain.orders.fulfil_order import fulfil_order
from giftwell.domain.orders.send_receipt import send_receipt
from giftwell.domain.orders.send_return_notice import send_return_notice
from giftwell.foundation.events.models import Event
from giftwell.interfaces.jobs.reaction import reaction
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id


@reaction("orders.fulfil")
def fulfil_paid(event: Event) -> None:
    """Turn the order of a settled payment into cards and gifts."""
    fulfil_order(
        merchant_id=_merchant(event),
        order_id=parse_id("ord", event.data["order"]),
        actor=Actor.system("orders.fulfil"),
        now=now(),
    )


@reaction("orders.send_receipt")
def write_receipt(event: Event) -> None:
    """Write to the buyer of a fulfilled order."""
    send_receipt(
        merchant_id=_merchant(event),
        order_id=parse_id("ord", event.subject),
        actor=Actor.system("orders.send_receipt"),
        now=now(),
    )


@reaction("orders.send_return_notice")
def write_return_notice(event: Event) -> None:
    """Write to the buyer of a top-up whose money goes back."""
    send_return_notice(
        merchant_id=_merchant(event),
        order_id=parse_id("ord", event.subject),
        actor=Actor.system("orders.send_return_notice"),
        now=now(),
    )


def _merchant(event: Event) -> UUID:
    assert event.merchant_id, "an order is always a merchant's"
    return event.merchant_id
