"""A bill that one card did not cover: what is still to be paid, by another card or another way.

It lies in the session for as long as a customer stands at the counter; it is a reminder and moves nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from giftwell.interfaces.till.place import CounterRequest
from giftwell.kit.money import Money

KEPT_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Bill:
    """What is left to pay after the redemption with this public id."""

    due: Money
    after: str


def leave_open(request: CounterRequest, due: Money, *, after: str, now: datetime) -> None:
    """Remember what is still to be paid; nothing left forgets the bill."""
    if due.amount_minor <= 0:
        settle(request)
        return
    request.session[_slot(request)] = {
        "due": due.amount_minor, "currency": due.currency, "after": after,
        "until": int((now + KEPT_FOR).timestamp()),
    }  # fmt: skip


def open_bill(request: CounterRequest, *, now: datetime) -> Bill | None:
    """The bill that is not paid in full yet, or None."""
    kept = cast("dict[str, Any] | None", request.session.get(_slot(request)))
    if kept is None or now.timestamp() >= kept["until"]:
        return None
    return Bill(Money(kept["due"], kept["currency"]), kept["after"])


def settle(request: CounterRequest) -> None:
    """Forget the bill: it was paid, or another customer is next."""
    request.session.pop(_slot(request), None)


def _slot(request: CounterRequest) -> str:
    return f"till_bill_{request.merchant.id.hex}"
