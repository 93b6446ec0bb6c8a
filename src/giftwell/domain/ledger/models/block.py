"""The chain of blocks that what was posted is closed into."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Block(models.Model):
    """Postings that are sealed together: a Merkle root over them, chained to the block before. Append-only.

    Holds hashes alone, so anybody may see it.
    """

    number = models.BigIntegerField(primary_key=True)
    # How many postings were sealed before this block.
    first_leaf = models.BigIntegerField()
    postings = models.IntegerField()
    # Where it ends in the order of sealing (transaction, posting); the next one begins behind it.
    last_xid = models.BigIntegerField()
    last_posting_id = models.UUIDField()
    root = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()
    # The hash of each posting, one after the other: which one was altered can be told, and paths be made.
    leaves = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="ledger_block_holds_something",
                condition=Q(number__gte=1, postings__gte=1, first_leaf__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"block {self.number}"


class BlockAccount(models.Model):
    """A block in which a guarded account moved. Kept off the hot path instead of an index on transfers."""

    pk = models.CompositePrimaryKey("account_id", "block")
    account_id = models.BigIntegerField()
    block = models.BigIntegerField()

    class Meta:
        db_table = "ledger_block_account"

    def __str__(self) -> str:
        return f"{self.account_id} in block {self.block}"


class Sealing(models.Model):
    """Up to which transaction (not included) postings are sealed. One row; no role but the ledger's sees it.

    `shift` is what a restore took off all transaction ids, `secret` what hides one holder from another.
    """

    one = models.BooleanField(primary_key=True, default=True)
    xid = models.BigIntegerField()
    shift = models.BigIntegerField()
    secret = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="ledger_sealing_one_row", condition=Q(one=True))]

    def __str__(self) -> str:
        return str(self.xid)
