"""A payment and the notices heard about it.

`amount_minor` is what was asked; `settled_minor` and `settled_currency` are what truly arrived, which a
mismatch keeps apart. At most one payment of an order succeeds: a second one that arrives goes back to its
payer.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id
from giftwell.kit.money import MAX_MINOR, Money


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Reads of payments."""

    def for_update(self) -> "PaymentQuerySet":
        """Rows locked in id order. All payments of an order are locked together: each outcome bears on the
        others.
        """
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Payment(models.Model):
    """One attempt to pay an order. `order_id` is an opaque id of a floor above."""

    PREFIX: ClassVar[str] = "pay"

    class Status(models.TextChoices):
        """`returned` is money that arrived too late or twice and goes back; `mismatched` is money that was
        not asked for.
        """

        CREATED = "created"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        EXPIRED = "expired"
        MISMATCHED = "mismatched"
        RETURNED = "returned"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    order_id = models.UUIDField(db_index=True)
    gateway = models.CharField(max_length=20)
    account = models.CharField(max_length=80, default="", blank=True)
    reference = models.CharField(max_length=120, default="", blank=True)
    checkout_url = models.CharField(max_length=500, default="", blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12, choices=Status, default=Status.CREATED)
    reason = models.CharField(max_length=40, default="", blank=True)
    settled_minor = models.BigIntegerField(default=0)
    settled_currency = models.CharField(max_length=3, default="", blank=True)
    refunded_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("gateway", "reference"),
                name="payments_payment_reference_once",
                condition=~Q(reference=""),
            ),
            models.UniqueConstraint(
                fields=("order_id",), name="payments_payment_one_succeeds", condition=Q(status="succeeded")
            ),
            models.UniqueConstraint(
                fields=("order_id",), name="payments_payment_one_open", condition=Q(status="created")
            ),
            models.CheckConstraint(
                name="payments_payment_amount", condition=Q(amount_minor__gte=1, amount_minor__lte=MAX_MINOR)
            ),
            models.CheckConstraint(
                name="payments_payment_currency", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
            models.CheckConstraint(
                name="payments_payment_refunded",
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("settled_minor")),
            ),
            models.CheckConstraint(
                name="payments_payment_settled",
                condition=Q(
                    status__in=("created", "failed", "expired"),
                    settled_minor=0,
                    settled_currency="",
                    settled_at=None,
                )
                | Q(status="succeeded", settled_minor=F("amount_minor"), settled_currency=F("currency"))
                & Q(settled_at__isnull=False)
                | Q(status__in=("mismatched", "returned"), settled_minor__gte=1, settled_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("merchant", "created_at"), name="payments_payment_newest")]

    def __str__(self) -> str:
        return f"payment {self.status}"

    @property
    def public_id(self) -> str:
        """The id shown outside, `pay_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def amount(self) -> Money:
        """What was asked for."""
        return Money(self.amount_minor, self.currency)

    @property
    def settled(self) -> Money:
        """What arrived. Ask only of a payment that settled."""
        return Money(self.settled_minor, self.settled_currency)

    @property
    def is_settled(self) -> bool:
        """Whether money arrived, wanted or not."""
        return self.settled_at is not None

    @property
    def is_payable(self) -> bool:
        """Whether money that arrives now is still wanted: declines do not end a payment, expiry does."""
        return self.status in (self.Status.CREATED, self.Status.FAILED)


class GatewayEvent(models.Model):
    """One notice of a gateway, remembered so that hearing it again changes nothing. Holds no payer's data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    outcome = models.CharField(max_length=40, default="", blank=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("merchant", "gateway", "event_id"), name="payments_gatewayevent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind}"
