"""What is folded out of transfers already: the balances of accounts too busy to carry their own."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Rollup(models.Model):
    """The folded balance (credits minus debits) of an unguarded account, up to the horizon."""

    account_id = models.BigIntegerField(primary_key=True)
    balance_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.account_id}: {self.balance_minor}"


class Horizon(models.Model):
    """Up to which transaction (not included) the rollup is folded. One row."""

    one = models.BooleanField(primary_key=True, default=True)
    xid = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="ledger_horizon_one_row", condition=Q(one=True))]

    def __str__(self) -> str:
        return str(self.xid)
