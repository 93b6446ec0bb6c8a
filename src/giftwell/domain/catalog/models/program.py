"""A program: the rules of a family of cards, and the ledger accounts its postings use.

The account numbers stand here, not only in the ledger, so that the point of sale finds a card, its
commission and the accounts to credit with one join. Currency, funding and accounts never change once
written (`guards.sql`).
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id
from giftwell.kit.money import MAX_MINOR


class Funding(models.TextChoices):
    """Who owes the holder the value: the platform that keeps the money, or the merchant itself."""

    ESCROW = "escrow"
    DIRECT = "direct"
    PROMO = "promo"


class Program(models.Model):
    """The rules of a family of cards. Amounts are minor units of `currency`; no validity is for ever."""

    PREFIX = "prog"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    funding = models.CharField(max_length=8, choices=Funding)
    commission_bps = models.PositiveIntegerField(default=0)
    commission_fixed_minor = models.BigIntegerField(default=0)
    buyer_fee_minor = models.BigIntegerField(default=0)
    validity_days = models.PositiveIntegerField(null=True)
    min_value_minor = models.BigIntegerField()
    max_value_minor = models.BigIntegerField()
    # Caps beyond the bounds of a value; null is none. A day is one of the merchant's zone.
    max_balance_minor = models.BigIntegerField(null=True)
    max_spend_per_day_minor = models.BigIntegerField(null=True)
    max_issue_per_day_minor = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    pending_account_id = models.BigIntegerField()
    commission_account_id = models.BigIntegerField()
    issued_account_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("merchant", "name"), name="catalog_program_name_once"),
            models.CheckConstraint(
                name="catalog_program_currency", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
            models.CheckConstraint(name="catalog_program_funding", condition=Q(funding__in=Funding.values)),
            models.CheckConstraint(
                name="catalog_program_rates",
                condition=Q(
                    commission_bps__lte=10_000,
                    commission_fixed_minor__gte=0,
                    commission_fixed_minor__lte=MAX_MINOR,
                    buyer_fee_minor__gte=0,
                    buyer_fee_minor__lte=MAX_MINOR,
                ),
            ),
            models.CheckConstraint(
                name="catalog_program_bounds",
                condition=Q(
                    min_value_minor__gte=1,
                    max_value_minor__gte=F("min_value_minor"),
                    max_value_minor__lte=MAX_MINOR,
                ),
            ),
            models.CheckConstraint(
                name="catalog_program_validity",
                condition=Q(validity_days__isnull=True) | Q(validity_days__gte=1, validity_days__lte=36_500),
            ),
            models.CheckConstraint(
                name="catalog_program_issued_account",
                condition=Q(funding=Funding.ESCROW, issued_account_id__isnull=True)
                | (~Q(funding=Funding.ESCROW) & Q(issued_account_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="catalog_program_caps",
                condition=Q(
                    Q(max_balance_minor__isnull=True)
                    | Q(max_balance_minor__gte=F("max_value_minor"), max_balance_minor__lte=MAX_MINOR),
                    Q(max_spend_per_day_minor__isnull=True)
                    | Q(max_spend_per_day_minor__gte=1, max_spend_per_day_minor__lte=MAX_MINOR),
                    Q(max_issue_per_day_minor__isnull=True)
                    | Q(max_issue_per_day_minor__gte=1, max_issue_per_day_minor__lte=MAX_MINOR),
                ),
            ),
        ]
        indexes: ClassVar = [
            # Spending asks, batch by batch, whether any card in it could have a cap on its day.
            models.Index(
                fields=("merchant",),
                name="catalog_program_day_capped",
                condition=Q(max_spend_per_day_minor__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        """The id shown outside, `prog_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def needs_payment(self) -> bool:
        """Whether a card of this program can exist only against a payment."""
        return self.funding == Funding.ESCROW

    @property
    def is_sold(self) -> bool:
        """Whether the shop sells cards of this program; promotional value is given away."""
        return self.funding != Funding.PROMO
