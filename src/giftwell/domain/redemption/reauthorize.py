"""Replace an authorization by one of another amount, or a later end."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.redemption.answers import Answer, ask, fingerprint_of
from giftwell.domain.redemption.authorize import LONGEST_SECONDS
from giftwell.kit.actor import Actor

_REAUTHORIZE = """
select * from redemption.reauthorize(array[%s]::uuid[], array[%s]::uuid[], array[%s]::bigint[],
  array[%s]::text[], array[%s]::bytea[], array[%s]::text[], array[%s]::text[], array[%s]::integer[], %s)
"""


def reauthorize(
    *, merchant_id: UUID, authorization_id: UUID, amount_minor: int | None = None,
    expires_in_seconds: int = LONGEST_SECONDS, key: str, request_id: str = "", actor: Actor, now: datetime,
) -> Answer:  # fmt: skip
    """Hold `amount_minor` (null: what is still held) until `expires_in_seconds` from now, in the place of a
    live authorization; where that is not possible, the old one stays as it is.

    The answer's `id` is the new authorization, `of_id` the old one, which is voided. Raises
    `AuthorizationNotFound`, `AuthorizationNotLive`, `AmountInvalid`, `LifetimeInvalid` (seven days from now
    at most), `InsufficientFunds`, `CardIsFrozen`, `CardIsExpired`, `CardIsClosed` (value is set aside anew),
    `KeyInvalid`, `KeyConflict`, `Reversed`.
    """
    mark = fingerprint_of(
        "reauthorize",
        {
            "authorization": authorization_id,
            "amount_minor": amount_minor,
            "expires_in_seconds": expires_in_seconds,
        },
    )
    values = [
        merchant_id, authorization_id, amount_minor, key, mark, str(actor), request_id, expires_in_seconds,
        now,
    ]  # fmt: skip
    return ask("reauthorize", _REAUTHORIZE, merchant_id=merchant_id, mark=mark, values=values)
