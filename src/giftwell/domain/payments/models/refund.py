"""Money on its way back to a payer.

The row is claimed in the transaction that moves the value to `refunds_due`; `attempts` counts how often the
gateway was asked, always with the same key, so that asking again after a crash returns the same refund.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from giftwell.domain.payments.models.payment import Payment
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id
from giftwell.kit.money import MAX_MINOR, Money


class PaymentRefundQuerySet(models.QuerySet["PaymentRefund"]):
    """Reads of refunds."""

    def for_update(self) -> "PaymentRefundQuerySet":
        """Rows locked in id order."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def due(self) -> "PaymentRefundQuerySet":
        """What the gateway has not confirmed yet, oldest first."""
        return self.filter(status=PaymentRefund.Status.CLAIMED).order_by("claimed_at", "pk")


class PaymentRefund(models.Model):
    """One refund of (a part of) a payment. `key` is the cause's own name: one cause claims one refund."""

    PREFIX: ClassVar[str] = "ref"

    class Status(models.TextChoices):
        """`failed` means the gateway will not do it: the money stays in `refunds_due`, owed, for a person to
        look at.
        """

        CLAIMED = "claimed"
        REFUNDED = "refunded"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=80)
    reason = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.CLAIMED)
    gateway_reference = models.CharField(max_length=120, default="", blank=True)
    attempts = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = PaymentRefundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("merchant", "key"), name="payments_refund_key_once"),
            models.CheckConstraint(
                name="payments_refund_amount", condition=Q(amount_minor__gte=1, amount_minor__lte=MAX_MINOR)
            ),
            models.CheckConstraint(
                name="payments_refund_settled",
                condition=Q(status="refunded", settled_at__isnull=False)
                | (Q(status__in=("claimed", "failed"), settled_at__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("claimed_at",), name="payments_refund_due", condition=Q(status="claimed"))
        ]

    def __str__(self) -> str:
        return f"refund {self.status}"

    @property
    def public_id(self) -> str:
        """The id shown outside and the gateway's idempotency key, `ref_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def amount(self) -> Money:
        """What goes back."""
        return Money(self.amount_minor, self.currency)
