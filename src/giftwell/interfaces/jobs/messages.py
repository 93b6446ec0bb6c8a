"""Messages: a queued one is sent."""

from giftwell.foundation.events.models import Event
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.messaging.send_message import send_message
from giftwell.interfaces.jobs.reaction import reaction
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id


@reaction("messages.send")
def send_queued(event: Event) -> None:
    """Send the message that the event is about."""
    send_message(
        message_id=parse_id(Message.PREFIX, event.subject),
        merchant_id=event.merchant_id,
        actor=Actor.system("messages.send"),
        now=now(),
    )
