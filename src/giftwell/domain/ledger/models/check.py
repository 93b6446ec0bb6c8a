"""What checks of the books have found."""

from typing import ClassVar

from django.db import models


class Check(models.Model):
    """What a check of the books found: each law, and the chain. Append-only; kept for the backoffice."""

    id = models.BigAutoField(primary_key=True)
    checked_at = models.DateTimeField()
    took_ms = models.BigIntegerField()
    is_sound = models.BooleanField()
    # [{"law": 2, "says": "…", "took_ms": 12, "count": 0, "rows": []}, …]
    laws = models.JSONField()
    # [{"block": 7, "what": "was altered", "place": 3, "posting": "post_…", "transfers": […]}, …]
    chain = models.JSONField()
    blocks = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-checked_at"], name="ledger_check_newest")]

    def __str__(self) -> str:
        return f"{'sound' if self.is_sound else 'broken'} at {self.checked_at:%Y-%m-%d %H:%M}"
