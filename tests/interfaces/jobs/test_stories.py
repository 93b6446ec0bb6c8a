"""What follows from an event without anybody waiting: paid orders become gifts, money owed goes back."""

from datetime import timedelta

from giftwell.config.wiring import REACTIONS
from giftwell.domain.payments.gateway import NoticeKind
from giftwell.domain.payments.processor import Button
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.messaging.outbox import newest_mails
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs import books, schedule
from giftwell.interfaces.jobs.work_off import work_off
from giftwell.kit.clock import now
from tests.factories.delivery import gifts_of
from tests.factories.orders import fresh_order, lines_of, make_order, make_paid_order, make_shop
from tests.factories.payments import fresh, hear, payment_of, press, refunds_of


def mails() -> dict[str, str]:
    """Who was written to, and the subject."""
    with scope.platform(), reading():
        return {mail.recipient: mail.subject for mail in newest_mails(limit=50)}


def test_a_paid_order_becomes_a_card_a_gift_in_the_mail_and_a_receipt(own_database):
    shop = make_shop()
    order, _ = make_paid_order(shop)
    assert not mails()
    work_off(REACTIONS)
    assert fresh_order(order).is_fulfilled
    assert lines_of(order)[0].card.status == "active"
    assert set(mails()) == {"maja@example.com", "tomas@example.com"}
    with scope.platform(), reading():
        assert {message.state for message in Message.objects.all()} == {"sent"}
    assert gifts_of(order)[0].queued_at is not None


def test_working_off_again_sends_nothing_twice(own_database):
    shop = make_shop()
    order, payment = make_paid_order(shop)
    work_off(REACTIONS)
    hear(payment)
    work_off(REACTIONS)
    with scope.platform(), reading():
        assert Message.objects.count() == 2
    assert len(gifts_of(order)) == 1


def test_money_that_comes_too_late_goes_back_by_itself(own_database, monkeypatch):
    shop = make_shop()
    order = make_order(shop).order
    payment = payment_of(shop.id, order.id)
    press(payment, Button.PAY)
    schedule.expire_unpaid()
    assert fresh_order(order).is_pending
    with monkeypatch.context() as later:
        later.setattr(schedule, "now", lambda: now() + timedelta(days=30))
        schedule.expire_unpaid()
    assert fresh_order(order).status == "expired"
    assert lines_of(order)[0].card.status == "closed"
    hear(payment, NoticeKind.PAID)
    work_off(REACTIONS)
    assert [refund.status for refund in refunds_of(payment)] == ["refunded"]
    assert fresh(payment).status != "succeeded"
    assert not mails()


def test_ticks_find_nothing_to_do_in_an_empty_house(own_database):
    schedule.expire_unpaid()
    schedule.retry_refunds()
    schedule.tell_sandbox_notices()
    schedule.let_holds_lapse()
    books.roll_ledger()
    books.seal_ledger()


def test_one_order_that_is_broken_does_not_keep_the_others_waiting(own_database, monkeypatch):
    first, second = make_shop(), make_shop()
    orders = [make_order(first).order, make_order(second).order]
    real = schedule.expire_order
    tried = []

    def sometimes(**arguments):
        tried.append(arguments["order_id"])
        if len(tried) == 1:
            raise OSError("broken")
        return real(**arguments)

    monkeypatch.setattr(schedule, "expire_order", sometimes)
    monkeypatch.setattr(schedule, "now", lambda: now() + timedelta(days=30))
    schedule.expire_unpaid()
    assert sorted(tried) == sorted(order.id for order in orders)
    assert sorted(fresh_order(order).status for order in orders) == ["expired", "pending"]
