"""Who reacts to what: the one table. An event's type on the left, the jobs that the relay starts on the
right.

Order between the jobs of one event, or between events, is not promised; every job may run twice.
"""

from giftwell.domain.bulk.events import BatchBegun, BatchStopped, BatchUploaded
from giftwell.domain.orders.events import OrderFulfilled, OrderReturned
from giftwell.domain.payments.events import PaymentRefundDue, PaymentSettled
from giftwell.foundation.identity.events import SignInsFlooded
from giftwell.foundation.messaging.events import MessageQueued
from giftwell.interfaces.jobs import bulk, delivery, messages, orders, payments, people
from giftwell.interfaces.jobs.relay import Reactions

REACTIONS: Reactions = {
    SignInsFlooded.TYPE: (people.alert_of_flood,),
    MessageQueued.TYPE: (messages.send_queued,),
    PaymentSettled.TYPE: (orders.fulfil_paid,),
    PaymentRefundDue.TYPE: (payments.send_due,),
    OrderFulfilled.TYPE: (delivery.send_ordered, orders.write_receipt),
    OrderReturned.TYPE: (orders.write_return_notice,),
    BatchUploaded.TYPE: (bulk.go_on,),
    BatchBegun.TYPE: (bulk.go_on,),
    BatchStopped.TYPE: (bulk.go_on,),
}
