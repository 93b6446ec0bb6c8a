"""Undoing a cause: the exact mirror of its posting, or the certainty that it never takes effect."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.domain.ledger.post import Answer
from giftwell.domain.ledger.refusals import REFUSALS

_REVERSE = """
select outcome, posting_id, amount_minor, balance_minor, available_minor, fingerprint, posted_at
from ledger.reverse(array[%s]::uuid[], array[%s], array[%s], array[%s]::text[], %s)
"""


def reverse(
    *, merchant_id: UUID, cause: str, actor: str, now: datetime, refusal: str | None = None
) -> Answer:
    """Undo what a cause did, once; a hold is voided. A cause that was never seen is made impossible for ever.

    The floor above says by `refusal` what the ledger cannot know (`already_refunded`). Must run in a
    transaction. Raises `NotReversible`, `AlreadyRefunded`, `HoldNotLive`, and `InsufficientFunds` where the
    value was spent since.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REVERSE, [merchant_id, cause, actor, refusal, now])
        answer = Answer(*cursor.fetchone())
    if not answer.is_effective:
        raise REFUSALS[answer.outcome]
    return answer
