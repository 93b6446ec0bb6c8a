"""What a program with a daily limit issued on a day."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from giftwell.domain.catalog.models import Program
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id


class IssueDay(models.Model):
    """The value issued without a payment from one program on one day of the merchant's zone.

    Kept only where the program has a limit: its row is the lock that two issuers at once wait for.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+", db_index=False)
    issued_date = models.DateField()
    issued_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("program", "issued_date"), name="cards_issueday_once"),
            models.CheckConstraint(name="cards_issueday_amount", condition=Q(issued_minor__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.issued_minor} on {self.issued_date}"
