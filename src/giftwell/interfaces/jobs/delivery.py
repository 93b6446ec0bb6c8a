"""Delivery: the gifts of a fulfilled order are sent."""

from giftwell.domain.delivery.send_gift import send_gifts
from giftwell.foundation.events.models import Event
from giftwell.interfaces.jobs.reaction import reaction
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id


@reaction("delivery.send_gifts")
def send_ordered(event: Event) -> None:
    """Send every gift of the order that has an address."""
    assert event.merchant_id, "an order is always a merchant's"
    send_gifts(
        merchant_id=event.merchant_id,
        order_id=parse_id("ord", event.subject),
        actor=Actor.system("delivery.send_gifts"),
        now=now(),
    )
