"""Set value of a card aside, to be captured later."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.codes import code_hash
from giftwell.domain.redemption.answers import Answer, ask, fingerprint_of
from giftwell.kit.actor import Actor
from giftwell.kit.money import Money

LONGEST_SECONDS = 7 * 24 * 3600
_AUTHORIZE = """
select * from redemption.authorize(array[%s]::uuid[], array[%s]::bytea[], array[%s]::bigint[],
array[%s]::text[], array[%s]::text[], array[%s]::bytea[], array[%s]::boolean[], array[%s]::uuid[],
array[%s]::text[], array[%s]::text[], array[%s]::text[], array[%s]::integer[], %s)
"""


def authorize(
    *, merchant_id: UUID, code: str, amount: Money, key: str, expires_in_seconds: int = LONGEST_SECONDS,
    location_id: UUID | None = None, reference: str = "", allow_partial: bool = False, request_id: str = "",
    actor: Actor, now: datetime,
) -> Answer:  # fmt: skip
    """Hold `amount` of the card with this code for `expires_in_seconds`; with `allow_partial`, what there
    is of it.

    The answer's `amount` is what is held. `key` as for redeem. Raises what `redeem` raises, and
    `LifetimeInvalid` for a hold that would end at once or last more than seven days.
    """
    hashed = code_hash(merchant_id, code)
    mark = fingerprint_of(
        "authorize",
        {
            "code": hashed,
            "amount_minor": amount.amount_minor,
            "currency": amount.currency,
            "location": location_id,
            "reference": reference,
            "allow_partial": allow_partial,
            "expires_in_seconds": expires_in_seconds,
        },
    )
    values = [
        merchant_id, hashed, amount.amount_minor, amount.currency, key, mark, allow_partial, location_id,
        reference, str(actor), request_id, expires_in_seconds, now,
    ]  # fmt: skip
    return ask("authorize", _AUTHORIZE, merchant_id=merchant_id, mark=mark, values=values)
