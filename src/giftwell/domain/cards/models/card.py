"""The card and its freezes.

There is no balance here: the ledger account has it, and a second copy would one day differ. Identity,
currency, account and code never change once written, and closed never opens again: `guards.sql` holds that
in the database.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.domain.catalog.models import Design, Product, Program
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id
from giftwell.kit.money import MAX_MINOR


class Status(models.TextChoices):
    """The four stored states. Depleted and expiring soon are derived."""

    PENDING = "pending"
    ACTIVE = "active"
    FROZEN = "frozen"
    CLOSED = "closed"


class CloseReason(models.TextChoices):
    """Why a card ended."""

    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    REPLACED = "replaced"
    EXPIRED = "expired"
    CASHED_OUT = "cashed_out"
    FRAUD = "fraud"
    ESCHEATED = "escheated"
    MERGED = "merged"
    SPLIT = "split"
    TAKEN_BACK = "taken_back"


class CodeScheme(models.TextChoices):
    """Who made the code. An imported one has no check character of ours."""

    OURS = ""
    IMPORTED = "imported"


class FreezeReason(models.TextChoices):
    """Who wanted the card frozen. Each is cleared by itself; the card is free when none is left."""

    HOLDER = "holder"
    MERCHANT = "merchant"
    RISK = "risk"
    DISPUTE = "dispute"


class CardQuerySet(models.QuerySet["Card"]):
    """Reads of cards."""

    def for_update(self) -> "CardQuerySet":
        """Rows locked in id order. Take the ledger account's lock before (`ledger.lock`), then read."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Card(models.Model):
    """One gift card.

    `account_id` is its ledger account; `replaces` is the lost card whose value it carries on, `split_from`
    the one it is a part of; `batch_id` is shared by cards issued by one call; `order_line_id` and `holder_id`
    are opaque ids of an order's line and of a person.
    """

    PREFIX = "card"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    account_id = models.BigIntegerField(unique=True)
    code_hash = models.BinaryField(null=True, editable=False)
    code_encrypted = models.BinaryField(null=True, editable=False)
    code_scheme = models.CharField(max_length=16, choices=CodeScheme, default=CodeScheme.OURS, blank=True)
    last4 = models.CharField(max_length=4, default="", blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    close_reason = models.CharField(max_length=12, choices=CloseReason, default="", blank=True)
    currency = models.CharField(max_length=3)
    face_value_minor = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, related_name="+", null=True)
    split_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    batch_id = models.UUIDField(null=True)
    order_line_id = models.UUIDField(null=True)
    holder_id = models.UUIDField(null=True)
    issued_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("merchant", "code_hash"), name="cards_card_code_once"),
            # One line sells one card: a second card for it would be a card nobody paid for.
            models.UniqueConstraint(
                fields=("order_line_id",),
                name="cards_card_line_once",
                condition=Q(order_line_id__isnull=False),
            ),
            models.CheckConstraint(name="cards_card_currency", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="cards_card_face_value",
                condition=Q(face_value_minor__gte=1, face_value_minor__lte=MAX_MINOR),
            ),
            models.CheckConstraint(name="cards_card_scheme", condition=Q(code_scheme__in=CodeScheme.values)),
            # A card has one origin at most.
            models.CheckConstraint(
                name="cards_card_origin", condition=Q(replaces__isnull=True) | Q(split_from__isnull=True)
            ),
            models.CheckConstraint(
                name="cards_card_close_reason", condition=Q(close_reason__in=["", *CloseReason.values])
            ),
            # Law 7: no code exists before the value is there.
            models.CheckConstraint(
                name="cards_card_life",
                condition=Q(
                    status="pending",
                    code_hash__isnull=True,
                    activated_at__isnull=True,
                    closed_at__isnull=True,
                    close_reason="",
                )
                | Q(
                    status__in=("active", "frozen"),
                    code_hash__isnull=False,
                    activated_at__isnull=False,
                    closed_at__isnull=True,
                    close_reason="",
                )
                | (Q(status="closed", closed_at__isnull=False) & ~Q(close_reason="")),
            ),
            models.CheckConstraint(
                name="cards_card_code_whole",
                condition=Q(code_hash__isnull=True, code_encrypted__isnull=True, last4="")
                | (Q(code_hash__isnull=False, code_encrypted__isnull=False, last4__regex=r"^[0-9A-Z]{4}$")),
            ),
        ]
        indexes: ClassVar = [
            models.Index("merchant", F("issued_at").desc(), F("id").desc(), name="cards_card_newest"),
            models.Index(fields=("merchant", "last4"), name="cards_card_last4"),
            # By id too: a batch of a million is exported and taken back in that order, part by part.
            models.Index(
                fields=("merchant", "batch_id", "id"),
                name="cards_card_of_batch",
                condition=Q(batch_id__isnull=False),
            ),
            models.Index(
                fields=("holder_id",), name="cards_card_holder", condition=Q(holder_id__isnull=False)
            ),
            # What is due to expire, and what to remind of: an ended card leaves it.
            models.Index(
                fields=("expires_at", "id"),
                name="cards_card_due",
                condition=Q(status__in=("active", "frozen"), expires_at__isnull=False),
            ),
            models.Index(
                fields=("split_from",), name="cards_card_split", condition=Q(split_from__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"card {self.last4 or 'pending'}"

    @property
    def public_id(self) -> str:
        """The id shown outside, `card_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def has_code(self) -> bool:
        """Whether there is a code to reveal."""
        return self.code_hash is not None


class CardFreeze(models.Model):
    """One reason for which a card is, or was, frozen; who set it and until when it held."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="freezes")
    reason = models.CharField(max_length=8, choices=FreezeReason)
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=80)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("card", "reason"), name="cards_freeze_once", condition=Q(cleared_at__isnull=True)
            ),
            models.CheckConstraint(name="cards_freeze_reason", condition=Q(reason__in=FreezeReason.values)),
        ]

    def __str__(self) -> str:
        return f"freeze by {self.reason}"
