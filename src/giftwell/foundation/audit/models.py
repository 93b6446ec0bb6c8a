"""The audit's one table. Nothing here points at other tables: a row outlives everything it speaks of."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Cast

from giftwell.kit.ids import new_id, public_id


class AuditRow(models.Model):
    """Somebody did, was refused, or failed at one action on one subject."""

    PREFIX: ClassVar[str] = "aud"

    class Outcome(models.TextChoices):
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Null where it concerns no merchant. Not a foreign key: each insert would lock its merchant's row.
    merchant_id = models.UUIDField(null=True, blank=True)
    action = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=120, blank=True, default="")
    subject = models.CharField(max_length=60, blank=True, default="")
    actor = models.CharField(max_length=80)
    # Before and after of what was edited, by field; never a secret.
    changes = models.JSONField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()
    # The transaction that wrote the row: sealing reads behind the oldest one still open.
    xid = models.BigIntegerField(
        db_default=Cast(
            Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        ),
        editable=False,
    )

    class Meta:
        # No index but the key, which is in the order of time: every redemption would pay for it.
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["done", "refused", "failed"]), name="audit_outcome"
            ),
            # A refusal without its reason is worth nothing to whoever reads it.
            models.CheckConstraint(
                condition=models.Q(outcome="done") | ~models.Q(reason=""), name="audit_refusal_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.outcome}"

    @property
    def public_id(self) -> str:
        """The id as outsiders see it, `aud_…`."""
        return public_id(self.PREFIX, self.id)


class PolicyReport(models.Model):
    """On a day, a browser said that a page tried what the content policy forbids."""

    pk = models.CompositePrimaryKey("day", "page", "directive", "blocked")
    day = models.DateField()
    page = models.CharField(max_length=100)
    directive = models.CharField(max_length=40)
    blocked = models.CharField(max_length=100)
    first_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day} {self.page}: {self.directive} stopped {self.blocked}"
