"""Give up an authorization."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.redemption.answers import Answer, ask, fingerprint_of
from giftwell.kit.actor import Actor

_VOID = """
select * from redemption.void(array[%s]::uuid[], array[%s]::uuid[], array[%s]::text[], array[%s]::bytea[],
  array[%s]::text[], array[%s]::text[], %s)
"""


def void(
    *, merchant_id: UUID, authorization_id: UUID, key: str, request_id: str = "", actor: Actor, now: datetime
) -> Answer:
    """Let an authorization go: what it held can be spent again. The answer's `amount` is what that was.

    Raises `AuthorizationNotFound`, `AuthorizationNotLive`, `KeyInvalid`, `KeyConflict`, `Reversed`.
    """
    mark = fingerprint_of("void", {"authorization": authorization_id})
    values = [merchant_id, authorization_id, key, mark, str(actor), request_id, now]
    return ask("void", _VOID, merchant_id=merchant_id, mark=mark, values=values)
