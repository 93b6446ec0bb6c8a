"""From the button of the processor's page to the recipient's mail, through the jobs that the roof has
wired.
"""

from typing import Any

import pytest
from django.test import Client

from giftwell.config.wiring import REACTIONS
from giftwell.domain.payments.models import PaymentRefund
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs.work_off import work_off
from tests.domain.books import books, credit_of
from tests.factories.delivery import gifts_of
from tests.factories.orders import fresh_order, lines_of, make_order, make_shop
from tests.factories.payments import payment_of, refunds_of
from tests.interfaces.inbound.conftest import ToOurselves

pytestmark = pytest.mark.usefixtures("own_database")


def _press(placed: Any, button: str) -> None:
    payment = payment_of(placed.order.merchant_id, placed.order.id)
    Client().post(f"/sandbox-processor/pay/{payment.reference}/", {"button": button})
    work_off(REACTIONS)


@pytest.mark.parametrize("button", ["pay", "tell_twice", "tell_backwards"])
def test_a_payment_becomes_a_card_a_gift_and_two_mails(network: ToOurselves, button: str) -> None:
    shop = make_shop()
    placed = make_order(shop)
    _press(placed, button)
    assert fresh_order(placed.order).is_fulfilled
    assert [line.card.status for line in lines_of(placed.order)] == ["active"]
    assert [gift.state for gift in gifts_of(placed.order)] == ["queued"]
    with scope.merchant(shop.id), reading():
        sent = sorted(Message.objects.values_list("kind", "state"))
    assert sent == [("gift", "sent"), ("receipt", "sent")]
    assert books() == {"processor:sandbox": -4500}
    assert credit_of("card", owner=shop.id) == 5000


def test_a_declined_payment_leaves_no_card_and_writes_to_nobody(network: ToOurselves) -> None:
    shop = make_shop()
    placed = make_order(shop)
    _press(placed, "decline")
    assert fresh_order(placed.order).is_pending
    assert [line.card.code_hash for line in lines_of(placed.order)] == [None]
    with scope.merchant(shop.id), reading():
        assert not Message.objects.exists()
    assert books() == {}


def test_a_late_payment_is_given_back(network: ToOurselves) -> None:
    shop = make_shop()
    placed = make_order(shop)
    _press(placed, "pay_late")
    payment = payment_of(shop.id, placed.order.id)
    assert [refund.status for refund in refunds_of(payment)] == [PaymentRefund.Status.REFUNDED]
    assert fresh_order(placed.order).is_pending
    assert books() == {}
