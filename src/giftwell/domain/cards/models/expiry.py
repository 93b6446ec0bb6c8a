"""What expired and whether it came back, and how far the reminders before it have got."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from giftwell.domain.cards.models.card import Card
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id


class Expiry(models.Model):
    """One time that a card expired: what left it (minor units, perhaps none), and when it was given back.

    `due_at` is the card's `expires_at` then: a card expires once for each end of validity it had.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="expiries")
    amount_minor = models.BigIntegerField()
    due_at = models.DateTimeField()
    expired_at = models.DateTimeField()
    reinstated_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("card", "due_at"), name="cards_expiry_once"),
            models.UniqueConstraint(
                fields=("card",), name="cards_expiry_one_stands", condition=Q(reinstated_at__isnull=True)
            ),
            models.CheckConstraint(name="cards_expiry_amount", condition=Q(amount_minor__gte=0)),
        ]

    def __str__(self) -> str:
        return f"expired with {self.amount_minor}"


class ReminderMark(models.Model):
    """Up to which end of validity cards were told of, `days_before` it: the place where the next run goes on.

    Many cards end at one instant, so the place is an instant and a card; without a card, all of that instant
    were told. One row a kind of reminder and not one a card: a run costs what is new and not what there is.
    """

    days_before = models.PositiveSmallIntegerField(primary_key=True)
    told_until = models.DateTimeField()
    told_card_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.days_before} days before"
