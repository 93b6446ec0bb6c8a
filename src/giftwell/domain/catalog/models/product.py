"""What a shop offers: a product and its values.

A range product takes any value between its bounds at that value's own price; the values listed beside it
are suggestions and may be cheaper. A fixed product takes the listed values only.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.domain.catalog.models.program import Program
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id
from giftwell.kit.money import MAX_MINOR


class ProductQuerySet(models.QuerySet["Product"]):
    """Reads of products."""

    def published(self) -> "ProductQuerySet":
        """What anyone may see."""
        return self.filter(status=Product.PUBLISHED)

    def for_update(self) -> "ProductQuerySet":
        """Rows locked in id order."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Product(models.Model):
    """One thing on a merchant's shelf. `version` counts edits, for people who edit at once."""

    PREFIX = "prod"
    FIXED, RANGE = "fixed", "range"
    DRAFT, PUBLISHED = "draft", "published"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="products")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, db_index=False)
    description = models.TextField(max_length=2000, default="", blank=True)
    kind = models.CharField(max_length=8)
    min_value_minor = models.BigIntegerField(null=True)
    max_value_minor = models.BigIntegerField(null=True)
    status = models.CharField(max_length=12, default=DRAFT)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("merchant", "slug"), name="catalog_product_slug_once"),
            models.CheckConstraint(
                name="catalog_product_status", condition=Q(status__in=("draft", "published"))
            ),
            models.CheckConstraint(
                name="catalog_product_kind",
                condition=Q(kind="fixed", min_value_minor__isnull=True, max_value_minor__isnull=True)
                | Q(
                    kind="range",
                    min_value_minor__gte=1,
                    max_value_minor__gte=F("min_value_minor"),
                    max_value_minor__lte=MAX_MINOR,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        """The id shown outside, `prod_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def is_published(self) -> bool:
        """Whether a buyer can order it now."""
        return self.status == self.PUBLISHED


class ProductValue(models.Model):
    """One listed value and what a buyer pays for it: never more than the value, never nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="values")
    value_minor = models.BigIntegerField()
    price_minor = models.BigIntegerField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("product", "value_minor"), name="catalog_value_once"),
            models.CheckConstraint(
                name="catalog_value_priced",
                condition=Q(
                    price_minor__gte=1, value_minor__gte=F("price_minor"), value_minor__lte=MAX_MINOR
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value_minor} for {self.price_minor}"
