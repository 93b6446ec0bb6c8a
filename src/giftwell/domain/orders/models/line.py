"""A line of an order, which sells one card or loads one, and the refunds taken from that card."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.domain.cards.models import Card
from giftwell.domain.catalog.models import Design, Product
from giftwell.domain.orders.models.order import Order
from giftwell.domain.payments.models import PaymentRefund
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id
from giftwell.kit.money import Money


class OrderLineQuerySet(models.QuerySet["OrderLine"]):
    """Reads of order lines."""

    def for_update(self) -> "OrderLineQuerySet":
        """Rows locked in id order, before any ledger account."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class OrderLine(models.Model):
    """One card sold. `value_minor` is what it holds, `price_minor` what the buyer pays for it, the fee comes
    on top. A line that `is_load` puts its value onto a card that was there before; it has no product.

    `commission_minor` is what the platform kept of the price at the sale: of a direct program, once it is
    fulfilled. The three `refunded_…` columns say how much value left the card again, how much of that was the
    merchant's discount, and how much money went to the payer: value = discount + money.
    """

    PREFIX: ClassVar[str] = "line"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", null=True)
    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="+", null=True)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+")
    is_load = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    value_minor = models.BigIntegerField()
    price_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField(default=0)
    recipient_name = models.CharField(max_length=80, default="", blank=True)
    recipient_email = models.CharField(max_length=254, default="", blank=True)
    sender_name = models.CharField(max_length=80, default="", blank=True)
    message = models.CharField(max_length=500, default="", blank=True)
    refunded_value_minor = models.BigIntegerField(default=0)
    refunded_discount_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("order", "position"), name="orders_line_position_once"),
            # A card is sold once, and loaded as often as somebody likes.
            models.UniqueConstraint(
                fields=("card",), name="orders_line_card_once", condition=Q(is_load=False)
            ),
            models.CheckConstraint(
                name="orders_line_load",
                condition=Q(is_load=False, product__isnull=False) | Q(is_load=True, product__isnull=True),
            ),
            models.CheckConstraint(
                name="orders_line_price",
                condition=Q(
                    value_minor__gte=1,
                    price_minor__gte=1,
                    discount_minor__gte=0,
                    fee_minor__gte=0,
                    commission_minor__gte=0,
                    commission_minor__lte=F("price_minor"),
                    value_minor=F("price_minor") + F("discount_minor"),
                ),
            ),
            models.CheckConstraint(
                name="orders_line_refunds",
                condition=Q(
                    refunded_minor__gte=0,
                    refunded_minor__lte=F("price_minor"),
                    refunded_discount_minor__gte=0,
                    refunded_discount_minor__lte=F("discount_minor"),
                    refunded_value_minor=F("refunded_minor") + F("refunded_discount_minor"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.position}"

    @property
    def public_id(self) -> str:
        """The id shown outside, `line_…`: the order card."""
        return public_id(self.PREFIX, self.id)

    @property
    def value(self) -> Money:
        """What the card holds when it is sold."""
        return Money(self.value_minor, self.currency)

    @property
    def price(self) -> Money:
        """What the buyer pays for the card itself."""
        return Money(self.price_minor, self.currency)

    @property
    def total(self) -> Money:
        """What the buyer pays for the line, fee and all."""
        return Money(self.price_minor + self.fee_minor, self.currency)

    @property
    def refunded(self) -> Money:
        """What went, or is on its way, back to the payer."""
        return Money(self.refunded_minor, self.currency)


class OrderRefund(models.Model):
    """One refund of a sold card. It shares its id with the payment refund that carries the money."""

    PREFIX: ClassVar[str] = "ref"

    payment_refund = models.OneToOneField(
        PaymentRefund, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refunds")
    value_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    refunded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="orders_refund_amounts",
                condition=Q(
                    amount_minor__gte=1,
                    discount_minor__gte=0,
                    value_minor=F("amount_minor") + F("discount_minor"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"refund of {self.amount_minor}"

    @property
    def public_id(self) -> str:
        """The id shown outside, `ref_…`."""
        return public_id(self.PREFIX, self.pk)

    @property
    def amount(self) -> Money:
        """What goes to the payer."""
        return Money(self.amount_minor, self.currency)
