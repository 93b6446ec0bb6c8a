"""The sandbox processor's own tables. They stand for another company's database: no merchant, no foreign key
to ours.

It knows an order by the words we gave it (`client_reference`, `order`), and tells us what happened by
notices, which wait here until our entrance has answered 2xx.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.kit.ids import new_id
from giftwell.kit.money import Money


class SandboxCheckout(models.Model):
    """One hosted payment page. A declined one may still be paid by another try; an expired one only late."""

    class State(models.TextChoices):
        """Where the page stands."""

        OPEN = "open"
        PAID = "paid"
        DECLINED = "declined"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=60, unique=True)
    client_reference = models.CharField(max_length=60, unique=True)
    order = models.CharField(max_length=60)
    seller = models.CharField(max_length=80)
    description = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    return_url = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    refunded_minor = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="payments_sandbox_amount", condition=Q(amount_minor__gte=1)),
            models.CheckConstraint(
                name="payments_sandbox_refunded",
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="payments_sandbox_paid",
                condition=Q(state="paid", paid_at__isnull=False) | (~Q(state="paid") & Q(paid_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"sandbox checkout {self.state}"

    @property
    def amount(self) -> Money:
        """What the page asks for."""
        return Money(self.amount_minor, self.currency)


class SandboxRefund(models.Model):
    """One refund the processor has made; the same key twice is the same refund."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    checkout = models.ForeignKey(SandboxCheckout, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=80, unique=True)
    amount_minor = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="payments_sandbox_refund_amount", condition=Q(amount_minor__gte=1))
        ]

    def __str__(self) -> str:
        return f"sandbox refund of {self.amount_minor}"

    @property
    def reference(self) -> str:
        """The processor's own id of the refund."""
        return f"sbr_{self.id.hex}"


class SandboxNotice(models.Model):
    """One telling of one event: the exact bytes to send, and whether they were taken. Two rows may tell one
    event.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    checkout = models.ForeignKey(SandboxCheckout, on_delete=models.PROTECT, related_name="notices")
    event_id = models.CharField(max_length=60)
    body = models.BinaryField()
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=40, default="", blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("created_at", "position", "id")
        indexes: ClassVar = [
            models.Index(
                fields=("due_at",), name="payments_sandbox_due", condition=Q(delivered_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"sandbox notice {self.event_id}"
