"""What became of a key."""

from uuid import UUID

from django.db.models import QuerySet

from giftwell.foundation.idempotency.models import IdempotencyKey
from giftwell.foundation.idempotency.once import REVERSAL, hash_of


def effects_of(*, merchant_id: UUID, key: str) -> QuerySet[IdempotencyKey]:
    """Return what this merchant's key brought about.

    One row per operation it was used for, usually one or none.
    """
    kept = IdempotencyKey.objects.filter(merchant_id=merchant_id, key_hash=hash_of(merchant_id, key))
    return kept.exclude(operation=REVERSAL).order_by("created_at")
