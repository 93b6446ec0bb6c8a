"""Which resource the first request with a key made."""

from typing import ClassVar

from django.db import models

from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id


class IdempotencyKey(models.Model):
    """A key that took effect.

    Kept for ever: the same request gets the same answer whenever it comes again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    operation = models.CharField(max_length=60)
    # Hashed, since callers put order numbers and worse into their keys.
    key_hash = models.BinaryField(max_length=32)
    # One short keyed hash per field of the request, so that fields that differ can be named and nothing
    # be read.
    fingerprint = models.JSONField()
    resource = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["merchant", "key_hash", "operation"], name="idempotency_one_effect_a_key"
            ),
            models.CheckConstraint(condition=~models.Q(resource=""), name="idempotency_names_a_resource"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.resource}"
