"""An uploaded file, while it is being checked."""

from typing import ClassVar

from django.db import models

from giftwell.domain.bulk.models.batch import Batch
from giftwell.foundation.tenancy.models import Merchant


class Piece(models.Model):
    """A piece of a batch's file, encrypted: it may hold codes, and another machine may check it."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    place = models.IntegerField()
    content = models.BinaryField(editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("batch", "place"), name="bulk_piece_once"),
        ]

    def __str__(self) -> str:
        return f"piece {self.place}"
