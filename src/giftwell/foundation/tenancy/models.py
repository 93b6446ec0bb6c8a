"""The tenants: merchants, their sandbox twins and their locations."""

from typing import ClassVar

from django.db import models

from giftwell.kit.clock import now
from giftwell.kit.ids import new_id, public_id


class Merchant(models.Model):
    """A business that sells and redeems gift cards: the tenant. Its sandbox twin is a merchant of its own."""

    PREFIX: ClassVar[str] = "mer"

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=40)
    locale = models.CharField(max_length=12, default="en")
    contact_email = models.EmailField(max_length=254, blank=True)
    address = models.CharField(max_length=200, blank=True)
    # Set on a sandbox twin only: the merchant whose rehearsal room it is.
    live_merchant = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="sandbox_twin"
    )
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$"), name="merchant_currency"
            ),
            models.CheckConstraint(condition=models.Q(country__regex="^[A-Z]{2}$"), name="merchant_country"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        """The id as outsiders see it, `mer_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def is_sandbox(self) -> bool:
        """Whether this is a rehearsal tenant: real rules, no real money."""
        return self.live_merchant_id is not None

    @property
    def is_active(self) -> bool:
        """Whether it may sell and redeem."""
        return self.status == self.Status.ACTIVE


class Location(models.Model):
    """A place where a merchant redeems cards."""

    PREFIX: ClassVar[str] = "loc"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="locations")
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "name"], name="location_name_once_a_merchant")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        """The id as outsiders see it, `loc_…`."""
        return public_id(self.PREFIX, self.id)
