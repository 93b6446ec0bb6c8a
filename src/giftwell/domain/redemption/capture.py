"""Turn an authorization into a redemption."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.redemption.answers import Answer, ask, fingerprint_of
from giftwell.kit.actor import Actor

MOST_TIP_PERCENT = 30
"""Of what was authorized, for all tips of one authorization together; the function in `sql/` holds it too."""

_CAPTURE = """
select * from redemption.capture(array[%s]::uuid[], array[%s]::uuid[], array[%s]::bigint[], array[%s]::text[],
  array[%s]::bytea[], array[%s]::text[], array[%s]::text[], %s, array[%s]::bigint[], array[%s]::boolean[])
"""


def capture(
    *, merchant_id: UUID, authorization_id: UUID, amount_minor: int | None = None, tip_minor: int = 0,
    final: bool = True, key: str, request_id: str = "", actor: Actor, now: datetime,
) -> Answer:  # fmt: skip
    """Spend what an authorization still holds, all of it or `amount_minor`, and `tip_minor` on top.

    The last capture (`final`) releases the rest; otherwise it stays held for the next. What amount and tip
    together take beyond the hold comes from what is available, all or nothing. The answer's `id` is the
    redemption, its `amount` amount and tip. A live hold is captured even if the card was frozen or has
    expired since: its value was set aside in time. Raises `AuthorizationNotFound`, `AuthorizationNotLive`,
    `CaptureExceedsHold`, `TipExceedsLimit` (30 % of what was authorized), `InsufficientFunds` (for the tip),
    `AmountInvalid`, `KeyInvalid`, `KeyConflict`, `Reversed`.
    """
    mark = fingerprint_of(
        "capture",
        {
            "authorization": authorization_id,
            "amount_minor": amount_minor,
            "tip_minor": tip_minor,
            "final": final,
        },
    )
    values = [
        merchant_id, authorization_id, amount_minor, key, mark, str(actor), request_id, now, tip_minor, final,
    ]  # fmt: skip
    return ask("capture", _CAPTURE, merchant_id=merchant_id, mark=mark, values=values)
