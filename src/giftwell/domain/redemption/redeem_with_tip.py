"""Spend from a card and leave a tip: for a counter where the bill and the tip are known at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from giftwell.domain.redemption.answers import Answer
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.capture import MOST_TIP_PERCENT, capture
from giftwell.domain.redemption.events import RedemptionMade
from giftwell.domain.redemption.outcome_of_key import outcome_of_key
from giftwell.domain.redemption.refusals import TipExceedsLimit
from giftwell.domain.redemption.void import void
from giftwell.foundation.audit.attempts import note_refusal
from giftwell.kit.actor import Actor
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import new_id
from giftwell.kit.money import Money

HELD_SECONDS = 120
"""How long the bill stays set aside where the second step never comes."""


def most_tip(bill: Money) -> Money:
    """The largest tip on this bill."""
    return Money(bill.amount_minor * MOST_TIP_PERCENT // 100, bill.currency)


def redeem_with_tip(
    *, merchant_id: UUID, code: str, amount: Money, tip: Money, key: str, location_id: UUID | None = None,
    reference: str = "", request_id: str = "", actor: Actor, now: datetime,
) -> Answer:  # fmt: skip
    """Spend `amount` and `tip` (at most 30 % of it), both or nothing; the answer's `amount` is their sum.

    The bill is authorized, then captured with the tip under `key`; where the tip does not fit, the bill is
    let go again. The same key and request give the first answer. Raises what `redeem` raises, and
    `TipExceedsLimit`.
    """
    common: dict[str, Any] = {
        "merchant_id": merchant_id, "request_id": request_id, "actor": actor, "now": now,
    }  # fmt: skip
    taking: dict[str, Any] = {
        "amount_minor": amount.amount_minor, "tip_minor": tip.amount_minor, "key": key, **common,
    }  # fmt: skip
    first = outcome_of_key(merchant_id=merchant_id, key=key)
    if first is not None:
        # It replays, or says what differs, or that the key was reversed.
        return capture(authorization_id=first.of_id or UUID(int=0), **taking)
    if tip > most_tip(amount):
        note_refusal(
            RedemptionMade.TYPE, actor=actor, subject="", reason=TipExceedsLimit.code,
            merchant_id=merchant_id, at=now,
        )  # fmt: skip
        raise TipExceedsLimit
    held = authorize(
        code=code, amount=amount, key=new_id().hex, expires_in_seconds=HELD_SECONDS,
        location_id=location_id, reference=reference, **common,
    )  # fmt: skip
    try:
        return capture(authorization_id=held.id, **taking)
    except DomainError:
        void(authorization_id=held.id, key=new_id().hex, **common)
        raise
