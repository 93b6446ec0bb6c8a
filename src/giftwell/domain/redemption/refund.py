"""Give a redemption back to its card."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.codes import make_code
from giftwell.domain.redemption.answers import Answer, ask, fingerprint_of
from giftwell.kit.actor import Actor
from giftwell.kit.ids import new_id

_REFUND = """
select * from redemption.refund(array[%s]::uuid[], array[%s]::uuid[], array[%s]::bigint[], array[%s]::text[],
  array[%s]::bytea[], array[%s]::text[], array[%s]::text[], %s, array[%s]::uuid[], array[%s]::bytea[],
  array[%s]::bytea[], array[%s]::text[])
"""


def refund(
    *, merchant_id: UUID, redemption_id: UUID, amount_minor: int | None = None, key: str,
    request_id: str = "", actor: Actor, now: datetime,
) -> Answer:  # fmt: skip
    """Put `amount_minor` of a redemption, or all that is left of it, back on its card, and its commission
    back too.

    Where that card is closed or has expired, the value goes to the card that carries it on; one is opened,
    with a code of its own, where there is none. The answer's card is the one that got it, `instead_of` the
    one that could not. Raises `RedemptionNotFound`, `RedemptionIsReversed`, `RefundExceedsCapture`,
    `AmountInvalid`, `CardIsFrozen` (value goes only where it can be spent), `CardIsClosed` (for fraud:
    nothing goes back), `KeyInvalid`, `KeyConflict`, `Reversed`.
    """
    mark = fingerprint_of("refund", {"redemption": redemption_id, "amount_minor": amount_minor})
    # Made beforehand for the one case in which a card is opened: the database has no key to encrypt a code.
    card_id = new_id()
    kept = make_code(merchant_id, card_id)
    values = [
        merchant_id, redemption_id, amount_minor, key, mark, str(actor), request_id, now,
        card_id, kept.code_hash, kept.code_encrypted, kept.last4,
    ]  # fmt: skip
    return ask("refund", _REFUND, merchant_id=merchant_id, mark=mark, values=values)
