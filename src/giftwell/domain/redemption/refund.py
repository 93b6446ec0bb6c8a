"""Give a redemption back to its card."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.redemption.answers import Answer, ask, fingerprint_of
from giftwell.kit.actor import Actor

_REFUND = """
select * from redemption.refund(array[%s]::uuid[], array[%s]::uuid[], array[%s]::bigint[], array[%s]::text[],
  array[%s]::bytea[], array[%s]::text[], array[%s]::text[], %s)
"""


def refund(
    *, merchant_id: UUID, redemption_id: UUID, amount_minor: int | None = None, key: str,
    request_id: str = "", actor: Actor, now: datetime,
) -> Answer:  # fmt: skip
    """Put `amount_minor` of a redemption, or all that is left of it, back on its card, and its commission
    back too.

    Raises `RedemptionNotFound`, `RefundExceedsCapture`, `AmountInvalid`, `CardIsClosed`, `CardIsFrozen`,
    `CardIsExpired` (value goes only where it can be spent), `KeyInvalid`, `KeyConflict`, `Reversed`.
    """
    mark = fingerprint_of("refund", {"redemption": redemption_id, "amount_minor": amount_minor})
    values = [merchant_id, redemption_id, amount_minor, key, mark, str(actor), request_id, now]
    return ask("refund", _REFUND, merchant_id=merchant_id, mark=mark, values=values)
