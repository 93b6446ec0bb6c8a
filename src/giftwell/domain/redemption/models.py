"""What was spent, set aside and given back. Written only by the functions in `sql/`, together with the
posting whose id each row has.

Merchant, card and location are plain ids here: a foreign key would lock the card's and the merchant's row
at each insert. The functions take them from rows they have just read, and `verify` proves that they exist.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.kit.ids import new_id, public_id


class Redemption(models.Model):
    """Value spent from a card at once, or by capturing an authorization. The tip is part of the amount."""

    PREFIX: ClassVar[str] = "red"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    card_id = models.UUIDField()
    location_id = models.UUIDField(null=True)
    authorization_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(db_default=0)
    tip_minor = models.BigIntegerField(db_default=0)
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=120, default="", blank=True)
    actor = models.CharField(max_length=80)
    redeemed_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="redemption_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="redemption_commission",
                condition=Q(commission_minor__gte=0, commission_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="redemption_refunds_at_most_what_it_took",
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="redemption_tip", condition=Q(tip_minor__gte=0, tip_minor__lt=F("amount_minor"))
            ),
            # What was refunded is not reversed, and the other way round: else it would go back twice.
            models.CheckConstraint(
                name="redemption_reversed_or_refunded",
                condition=Q(reversed_at__isnull=True) | Q(refunded_minor=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant_id", "redeemed_at"], name="redemption_newest"),
            models.Index(fields=["card_id"], name="redemption_card"),
            models.Index(
                fields=["authorization_id"], name="redemption_captures",
                condition=Q(authorization_id__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"

    @property
    def public_id(self) -> str:
        """The id as outsiders see it, `red_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def refundable_minor(self) -> int:
        """What may still be given back: nothing of what was reversed."""
        return 0 if self.reversed_at else self.amount_minor - self.refunded_minor


class Authorization(models.Model):
    """Value of a card set aside for captures. Its state is that of the ledger's hold of the same id.

    `replaces_id` is the authorization that this one took the place of.
    """

    PREFIX: ClassVar[str] = "auth"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    card_id = models.UUIDField()
    location_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=120, default="", blank=True)
    actor = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    authorized_at = models.DateTimeField()
    replaces_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="redemption_authorization_amount", condition=Q(amount_minor__gt=0)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant_id", "authorized_at"], name="redemption_auth_newest"),
            models.Index(fields=["card_id"], name="redemption_auth_card"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"

    @property
    def public_id(self) -> str:
        """The id as outsiders see it, `auth_…`."""
        return public_id(self.PREFIX, self.id)


class Refund(models.Model):
    """Part of a redemption given back to its card, with the commission that belongs to it.

    `card_id` is the card that got it: the redemption's own, or the one that carries a closed one on. An
    unlinked refund has no redemption: value that the merchant put onto a card, out of its own.
    """

    PREFIX: ClassVar[str] = "ref"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, related_name="refunds", null=True)
    card_id = models.UUIDField()
    location_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=120, db_default="", blank=True)
    actor = models.CharField(max_length=80)
    refunded_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="redemption_refund_amount", condition=Q(amount_minor__gt=0)),
            # The platform took no commission on what was never redeemed, so it returns none.
            models.CheckConstraint(
                name="redemption_refund_unlinked",
                condition=Q(redemption__isnull=False) | Q(commission_minor=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant_id", "refunded_at"], name="redemption_refund_newest"),
            models.Index(fields=["card_id"], name="redemption_refund_card"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"

    @property
    def public_id(self) -> str:
        """The id as outsiders see it, `ref_…`."""
        return public_id(self.PREFIX, self.id)
