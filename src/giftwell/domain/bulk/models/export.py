"""Who may carry the codes of a batch away, once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from giftwell.domain.bulk.models.batch import Batch
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id


class Export(models.Model):
    """The one export of a batch's codes: granted to one person, downloaded whole by them once.

    The passphrase was shown to whoever granted it. It is kept, encrypted, until the download is through, and
    then forgotten.
    """

    PREFIX = "exp"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="export")
    person_id = models.UUIDField()
    granted_by = models.CharField(max_length=80)
    granted_at = models.DateTimeField()
    passphrase_encrypted = models.BinaryField(null=True, editable=False)
    attempts = models.SmallIntegerField(default=0)
    downloaded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="bulk_export_once",
                condition=Q(downloaded_at__isnull=True, passphrase_encrypted__isnull=False)
                | Q(downloaded_at__isnull=False, passphrase_encrypted__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return "downloaded export" if self.downloaded_at else "export"

    @property
    def public_id(self) -> str:
        """The id shown outside, `exp_…`."""
        return public_id(self.PREFIX, self.id)
