"""Turn an authorization into a redemption."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.redemption.answers import Answer, ask, fingerprint_of
from giftwell.kit.actor import Actor

_CAPTURE = """
select * from redemption.capture(array[%s]::uuid[], array[%s]::uuid[], array[%s]::bigint[], array[%s]::text[],
  array[%s]::bytea[], array[%s]::text[], array[%s]::text[], %s)
"""


def capture(
    *, merchant_id: UUID, authorization_id: UUID, amount_minor: int | None = None, key: str,
    request_id: str = "", actor: Actor, now: datetime,
) -> Answer:  # fmt: skip
    """Spend what an authorization holds, all of it or `amount_minor`; the rest is released.

    The answer's `id` is the redemption. A live hold is captured even if the card was frozen or has expired
    since: its value was set aside in time. Raises `AuthorizationNotFound`, `AuthorizationNotLive`,
    `CaptureExceedsHold`, `AmountInvalid`, `KeyInvalid`, `KeyConflict`, `Reversed`.
    """
    mark = fingerprint_of("capture", {"authorization": authorization_id, "amount_minor": amount_minor})
    values = [merchant_id, authorization_id, amount_minor, key, mark, str(actor), request_id, now]
    return ask("capture", _CAPTURE, merchant_id=merchant_id, mark=mark, values=values)
