"""A merchant's brand and the designs its cards wear.

Colours are kept as the author wrote them, in oklch text; that they can be read on one another is judged by
`set_brand`, because the database cannot compute a contrast.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id

PATTERNS = (
    "sprig",
    "tide",
    "dunes",
    "orbit",
    "guilloche",
    "contour",
    "petal",
    "weave",
    "terrazzo",
    "sunray",
    "halftone",
    "ribbon",
)
MAX_LOGO_BYTES = 64 * 1024
OKLCH = r"^oklch\([0-9.]+ [0-9.]+ [0-9.]+\)$"


class Brand(models.Model):
    """One merchant's four colours, logo and tagline. The logo is always a PNG that we encoded ourselves."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=40)
    figure = models.CharField(max_length=40)
    foil = models.CharField(max_length=40)
    ink = models.CharField(max_length=40)
    logo = models.BinaryField(null=True, editable=False)
    logo_hash = models.CharField(max_length=64, default="", blank=True)
    tagline = models.CharField(max_length=160, default="", blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="catalog_brand_colours_are_oklch",
                condition=Q(ground__regex=OKLCH, figure__regex=OKLCH, foil__regex=OKLCH, ink__regex=OKLCH),
            ),
            models.CheckConstraint(
                name="catalog_brand_logo_has_hash",
                condition=Q(logo__isnull=True, logo_hash="") | (Q(logo__isnull=False) & ~Q(logo_hash="")),
            ),
        ]

    def __str__(self) -> str:
        return f"brand of {self.merchant_id}"


class Design(models.Model):
    """One face: a drawn pattern in four colours. Sold cards point at it, so a design is never deleted."""

    PREFIX = "dsgn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    pattern = models.CharField(max_length=16)
    ground = models.CharField(max_length=40)
    figure = models.CharField(max_length=40)
    foil = models.CharField(max_length=40)
    ink = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("merchant", "name"), name="catalog_design_name_once"),
            models.CheckConstraint(name="catalog_design_pattern_known", condition=Q(pattern__in=PATTERNS)),
            models.CheckConstraint(
                name="catalog_design_colours_are_oklch",
                condition=Q(ground__regex=OKLCH, figure__regex=OKLCH, foil__regex=OKLCH, ink__regex=OKLCH),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        """The id shown outside, `dsgn_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def theme(self) -> str:
        """The css class that `theme_css` writes for this design."""
        return theme_class(self.id)


def theme_class(design_id: uuid.UUID) -> str:
    """The css class of a design. One place, so that pages, mails and the stylesheet cannot differ."""
    return f"theme-d-{design_id.hex}"
