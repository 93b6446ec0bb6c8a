"""The order. It is pending until it is fulfilled, expired or returned; that its payment settled is the
payment's own fact.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id
from giftwell.kit.money import MAX_MINOR, Money


class OrderQuerySet(models.QuerySet["Order"]):
    """Reads of orders."""

    def for_update(self) -> "OrderQuerySet":
        """Rows locked in id order. An order is locked before its payments and before any ledger account."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Order(models.Model):
    """What one buyer asked of one merchant."""

    PREFIX: ClassVar[str] = "ord"

    class Status(models.TextChoices):
        """Paid is no state of an order: paid is fulfilled, a moment later, or `returned`: the card that was
        to be loaded could take nothing any more, and the money goes back.
        """

        PENDING = "pending"
        FULFILLED = "fulfilled"
        EXPIRED = "expired"
        RETURNED = "returned"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=12)
    buyer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    buyer_email = models.CharField(max_length=254)
    buyer_name = models.CharField(max_length=120, default="", blank=True)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    token_hash = models.BinaryField(unique=True, editable=False)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    fulfilled_at = models.DateTimeField(null=True)
    receipt_queued_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("merchant", "number"), name="orders_order_number_once"),
            models.CheckConstraint(
                name="orders_order_total", condition=Q(total_minor__gte=1, total_minor__lte=MAX_MINOR)
            ),
            models.CheckConstraint(name="orders_order_currency", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="orders_order_life",
                condition=Q(status="pending", paid_at=None, fulfilled_at=None, ended_at=None)
                | Q(status="fulfilled", paid_at__isnull=False, fulfilled_at__isnull=False, ended_at=None)
                | Q(
                    status__in=("expired", "returned"),
                    paid_at=None,
                    fulfilled_at=None,
                    ended_at__isnull=False,
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index("merchant", F("placed_at").desc(), F("id").desc(), name="orders_order_newest"),
            models.Index(fields=("merchant", "buyer_email"), name="orders_order_buyer_email"),
            models.Index(fields=("expires_at",), name="orders_order_due", condition=Q(status="pending")),
            models.Index(
                fields=("merchant", "fulfilled_at"), name="orders_order_sold", condition=Q(status="fulfilled")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def public_id(self) -> str:
        """The id shown outside, `ord_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def total(self) -> Money:
        """What the buyer pays."""
        return Money(self.total_minor, self.currency)

    @property
    def is_pending(self) -> bool:
        """Whether it waits for its money."""
        return self.status == self.Status.PENDING

    @property
    def is_fulfilled(self) -> bool:
        """Whether its cards exist and may be shown."""
        return self.status == self.Status.FULFILLED
