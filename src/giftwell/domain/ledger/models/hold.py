"""Value that is set aside."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.kit.ids import new_id


class Hold(models.Model):
    """Value set aside on an account until it is captured, voided, or over. Has the id of the posting that
    placed it. A live one may have been captured in part: it holds what is left.
    """

    class State(models.TextChoices):
        LIVE = "live"
        CAPTURED = "captured"
        VOIDED = "voided"
        LAPSED = "lapsed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    account_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State)
    expires_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="ledger_hold_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="ledger_hold_captured",
                condition=Q(state="captured", captured_minor__gt=0, captured_minor__lte=F("amount_minor"))
                | Q(
                    state__in=("live", "voided", "lapsed"),
                    captured_minor__gte=0,
                    captured_minor__lt=F("amount_minor"),
                ),
            ),
            models.CheckConstraint(
                name="ledger_hold_resolved",
                condition=Q(state="live", resolved_at__isnull=True)
                | (~Q(state="live") & Q(resolved_at__isnull=False)),
            ),
        ]
        # Of live holds alone: whoever looks for them never reads past all that were ever resolved.
        indexes: ClassVar = [
            models.Index(
                fields=["account_id", "expires_at"], name="ledger_hold_live_of", condition=Q(state="live")
            ),
            models.Index(fields=["expires_at"], name="ledger_hold_live_until", condition=Q(state="live")),
        ]

    def __str__(self) -> str:
        return f"{self.state} hold of {self.amount_minor} {self.currency}"

    def is_live(self, *, at: datetime) -> bool:
        """Whether it still stands at an instant: its expiry decides, not whether a job has been by."""
        return self.state == self.State.LIVE and self.expires_at > at
