"""What a batch of cards needs to be known for down here: whether its codes may be shown yet."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from giftwell.foundation.tenancy.models import Merchant


class SealedBatch(models.Model):
    """A batch of cards that came by bulk; until it is whole (`opened_at`), its codes are shown to nobody.

    Has the batch's own id, which is the `batch_id` of its cards.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="cards_sealedbatch_order",
                condition=Q(opened_at__isnull=True) | Q(opened_at__gte=models.F("sealed_at")),
            ),
        ]

    def __str__(self) -> str:
        return "open batch" if self.opened_at else "sealed batch"
