"""What happens by the clock. A tick runs once, however many workers there are, and usually finds nothing
to do.

The reactions do the work at once; the ticks are there for what becomes due by itself, and for what got stuck.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

import structlog
from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

from giftwell.domain.ledger.lapse_holds import lapse_holds
from giftwell.domain.orders.expire_order import expire_order
from giftwell.domain.orders.fulfil_order import fulfil_order
from giftwell.domain.orders.queries import orders_due, orders_stuck
from giftwell.domain.payments.deliver_notices import deliver_notices
from giftwell.domain.payments.queries import refunds_due
from giftwell.domain.payments.send_refund import send_refund
from giftwell.foundation.identity.end_sessions import forget_sessions
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs.ticking import tick
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError

_KEPT_HOURS = 24 * 30
_AT_ONCE = 500

logger = structlog.get_logger(__name__)


@tick("orders.expire", "* * * * *")
def expire_unpaid() -> None:
    """Let go of orders that nobody paid in time."""
    with scope.platform(), reading():
        due = orders_due(now())
    actor = Actor.system("orders.expire")
    _each(
        due,
        lambda merchant, order: expire_order(merchant_id=merchant, order_id=order, actor=actor, now=now()),
    )


@tick("orders.fulfil_stuck", "* * * * *")
def fulfil_stuck() -> None:
    """Fulfil orders that are paid and whose own job was lost or broke."""
    with scope.platform(), reading():
        stuck = orders_stuck(now())
    actor = Actor.system("orders.fulfil_stuck")
    _each(
        stuck,
        lambda merchant, order: fulfil_order(merchant_id=merchant, order_id=order, actor=actor, now=now()),
    )


@tick("payments.retry_refunds", "*/5 * * * *")
def retry_refunds() -> None:
    """Ask again for refunds that no gateway has confirmed."""
    with scope.platform(), reading():
        due = refunds_due()
    actor = Actor.system("payments.retry_refunds")
    _each(
        due,
        lambda merchant, refund: send_refund(merchant_id=merchant, refund_id=refund, actor=actor, now=now()),
    )


@tick("payments.sandbox_notices", "* * * * * */10")
def tell_sandbox_notices() -> None:
    """Play the sandbox processor, which tells again what our entrance has not taken yet."""
    if settings.SANDBOX_PROCESSOR_SECRET:
        deliver_notices(now=now())


@tick("ledger.lapse_holds", "* * * * *")
def let_holds_lapse() -> None:
    """Let go of holds whose time is over. Their fate was decided by their expiry, not by this."""
    with scope.platform():
        while lapse_holds(now=now(), at_most=_AT_ONCE) == _AT_ONCE:
            pass


@tick("identity.forget_sessions", "37 3 * * *")
def forget_ended_sessions() -> None:
    """Remove sessions that have ended by themselves."""
    forget_sessions(now=now())


@app.periodic(cron="17 3 * * *")
@app.task(name="jobs.forget_failed", queue="schedule", pass_context=True)
async def forget_failed(context: JobContext, timestamp: int) -> None:
    """Remove jobs that failed for good a month ago; those that succeeded are gone at once."""
    await context.app.job_manager.delete_old_jobs(nb_hours=_KEPT_HOURS, include_failed=True)


def _each(due: Iterable[tuple[UUID, UUID]], act: Callable[[UUID, UUID], object]) -> None:
    """Act on each in its merchant's scope. One that is refused or broken never keeps the others waiting."""
    for merchant_id, row_id in due:
        try:
            with scope.merchant(merchant_id):
                act(merchant_id, row_id)
        except DomainError as error:
            logger.warning("tick_refused", row=str(row_id), reason=error.code)
        except Exception:
            logger.exception("tick_failed", row=str(row_id))
