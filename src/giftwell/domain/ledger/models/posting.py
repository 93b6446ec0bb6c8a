"""Business facts, and the transfers that each is made of."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast

from giftwell.kit.ids import new_id, public_id


class Posting(models.Model):
    """One business fact: its cause happens once within its merchant, for ever. Keeps the answer that was
    given.
    """

    PREFIX: ClassVar[str] = "post"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=300)
    fingerprint = models.BinaryField()
    actor = models.CharField(max_length=80)
    posted_at = models.DateTimeField()
    # The hold that it captures or voids, the posting that it reverses.
    of_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField(null=True)
    balance_minor = models.BigIntegerField(null=True)
    available_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("merchant_id", "cause"), name="ledger_posting_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"

    @property
    def public_id(self) -> str:
        """The id as outsiders see it, `post_…`."""
        return public_id(self.PREFIX, self.id)


class Transfer(models.Model):
    """One amount from the debited to the credited account: balanced by construction."""

    pk = models.CompositePrimaryKey("posting_id", "leg")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="transfers", db_index=False)
    leg = models.SmallIntegerField()
    merchant_id = models.UUIDField()
    debit_id = models.BigIntegerField()
    credit_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    # What the guarded side had after the posting.
    debit_balance_minor = models.BigIntegerField(null=True)
    credit_balance_minor = models.BigIntegerField(null=True)
    # The transaction that wrote the row: folding and sealing read behind the oldest one still open.
    xid = models.BigIntegerField(
        db_default=Cast(
            Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        ),
        editable=False,
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="ledger_transfer_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="ledger_transfer_two_sides", condition=~Q(debit_id=F("credit_id"))),
        ]
        indexes: ClassVar = [
            BrinIndex(fields=["xid"], name="ledger_transfer_xid", pages_per_range=8, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.debit_id} → {self.credit_id}: {self.amount_minor}"
