"""Spend from a card."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.codes import code_hash
from giftwell.domain.redemption.answers import Answer, ask, fingerprint_of
from giftwell.kit.actor import Actor
from giftwell.kit.money import Money

_REDEEM = """
select * from redemption.redeem(array[%s]::uuid[], array[%s]::bytea[], array[%s]::bigint[],
array[%s]::text[], array[%s]::text[], array[%s]::bytea[], array[%s]::boolean[], array[%s]::uuid[],
array[%s]::text[], array[%s]::text[], array[%s]::text[], %s)
"""


def redeem(
    *, merchant_id: UUID, code: str, amount: Money, key: str, location_id: UUID | None = None,
    reference: str = "", allow_partial: bool = False, request_id: str = "", actor: Actor, now: datetime,
) -> Answer:  # fmt: skip
    """Take `amount` off the card with this code; with `allow_partial`, what there is of it.

    `key` makes it happen once: the same key and request give the first answer for ever; after a refusal the
    key is free. Raises `CardNotFound` (also for a foreign or malformed code), `CardIsFrozen`,
    `CardIsExpired`, `CardIsClosed`, `WrongCurrency`, `InsufficientFunds`, `AmountInvalid`,
    `LocationNotFound`, `ReferenceInvalid`, `KeyInvalid`, `KeyConflict` naming the fields, and `Reversed`
    where a reversal of the key came first.
    """
    hashed = code_hash(merchant_id, code)
    mark = fingerprint_of(
        "redeem",
        {
            "code": hashed,
            "amount_minor": amount.amount_minor,
            "currency": amount.currency,
            "location": location_id,
            "reference": reference,
            "allow_partial": allow_partial,
        },
    )
    values = [
        merchant_id, hashed, amount.amount_minor, amount.currency, key, mark, allow_partial, location_id,
        reference, str(actor), request_id, now,
    ]  # fmt: skip
    return ask("redeem", _REDEEM, merchant_id=merchant_id, mark=mark, values=values)
