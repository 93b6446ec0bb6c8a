"""Put value on a card without a redemption that it comes from: there is no receipt, but the card is here."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.codes import code_hash
from giftwell.domain.redemption.answers import Answer, ask, fingerprint_of
from giftwell.kit.actor import Actor
from giftwell.kit.money import Money

_UNLINKED_REFUND = """
select * from redemption.unlinked_refund(array[%s]::uuid[], array[%s]::bytea[], array[%s]::uuid[],
  array[%s]::bigint[], array[%s]::text[], array[%s]::text[], array[%s]::bytea[], array[%s]::uuid[],
  array[%s]::text[], array[%s]::text[], array[%s]::text[], %s)
"""


def unlinked_refund(
    *, merchant_id: UUID, code: str | None = None, card_id: UUID | None = None, amount: Money, key: str,
    location_id: UUID | None = None, reference: str = "", request_id: str = "", actor: Actor, now: datetime,
) -> Answer:  # fmt: skip
    """Put `amount` on the card with this code or, where no code is given, of this id. The merchant pays.

    At most the largest value that the card's program comes in, and ten times that on one of the merchant's
    days; who may do it is the caller's to judge. The answer's `id` is the refund. Raises `CardNotFound`,
    `LocationNotFound`, `CardIsClosed`, `CardIsFrozen`, `CardIsExpired`, `WrongCurrency`, `AmountInvalid`,
    `ReferenceInvalid`, `RefundExceedsLimit`, `RefundExceedsDailyLimit`, `ExceedsMaxBalance`, `KeyInvalid`,
    `KeyConflict`, `Reversed`.
    """
    hashed = code_hash(merchant_id, code) if code is not None else None
    named = card_id if code is None else None
    mark = fingerprint_of(
        "unlinked_refund",
        {
            "code": hashed,
            "card": named,
            "amount_minor": amount.amount_minor,
            "currency": amount.currency,
            "location": location_id,
            "reference": reference,
        },
    )
    values = [
        merchant_id, hashed, named, amount.amount_minor, amount.currency, key, mark, location_id, reference,
        str(actor), request_id, now,
    ]  # fmt: skip
    return ask("unlinked_refund", _UNLINKED_REFUND, merchant_id=merchant_id, mark=mark, values=values)
