"""The audit's rows, and the chain that they are sealed in.

Nothing here points at other tables: a row outlives everything it speaks of.
"""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
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
        # The key is in the order of time, and a range index costs next to nothing: every redemption would
        # pay for any other.
        indexes: ClassVar = [
            BrinIndex(fields=["xid"], name="audit_row_xid", autosummarize=True, pages_per_range=16),
        ]
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


class Block(models.Model):
    """Audit rows that are sealed together: a Merkle root over them, chained to the block before. Append-only.

    Holds hashes alone.
    """

    number = models.BigIntegerField(primary_key=True)
    # How many rows were sealed before this block.
    first_leaf = models.BigIntegerField()
    size = models.IntegerField()
    # Where it ends in the order of sealing (transaction, id); the next one begins behind it.
    last_xid = models.BigIntegerField()
    last_id = models.UUIDField()
    root = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()
    # The hash of each row, one after the other: which one was altered can be told.
    leaves = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="audit_block_holds_something",
                condition=models.Q(number__gte=1, size__gte=1, first_leaf__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"block {self.number} of the audit"


class Sealing(models.Model):
    """Up to which transaction (not included) rows are sealed. One row that no role but the owner's sees.

    `shift` is what a restore took off all transaction ids.
    """

    one = models.BooleanField(primary_key=True, default=True)
    xid = models.BigIntegerField()
    shift = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="audit_sealing_one_row", condition=models.Q(one=True))
        ]

    def __str__(self) -> str:
        return str(self.xid)


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
