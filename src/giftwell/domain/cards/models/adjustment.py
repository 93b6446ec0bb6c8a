"""A correction of what is on a card, and the persons who answer for it."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.domain.cards.models.card import Card
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id
from giftwell.kit.money import MAX_MINOR, Money


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    """Reads of adjustments."""

    def for_update(self) -> "AdjustmentQuerySet":
        """Rows locked in id order; after the card's ledger account where the card is locked too."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Adjustment(models.Model):
    """`change_minor` is added to the card, below zero it is taken off. A request is open until somebody else
    decides on it or `lapses_at` is over; the state `requested` is kept then, and `state_at` says `lapsed`.
    """

    PREFIX: ClassVar[str] = "adj"

    class Source(models.TextChoices):
        """Who bears it: the card's own merchant, or the platform as goodwill."""

        MERCHANT = "merchant"
        GOODWILL = "goodwill"

    class State(models.TextChoices):
        """A small one is applied at once; any other is requested first."""

        REQUESTED = "requested"
        APPLIED = "applied"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="adjustments")
    change_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=8, choices=Source, default=Source.MERCHANT)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=State)
    requested_by = models.CharField(max_length=80)
    requested_at = models.DateTimeField()
    lapses_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, default="", blank=True)
    decided_at = models.DateTimeField(null=True)

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="cards_adjustment_change",
                condition=~Q(change_minor=0) & Q(change_minor__gte=-MAX_MINOR, change_minor__lte=MAX_MINOR),
            ),
            models.CheckConstraint(
                name="cards_adjustment_source",
                condition=Q(source="merchant") | Q(source="goodwill", change_minor__gt=0),
            ),
            models.CheckConstraint(name="cards_adjustment_reason", condition=~Q(reason="")),
            # A request is decided by somebody else: the second person is kept by the database too. Only who
            # asked may take it back.
            models.CheckConstraint(
                name="cards_adjustment_decided",
                condition=Q(
                    state="requested", lapses_at__isnull=False, decided_by="", decided_at__isnull=True
                )
                | Q(state="declined", lapses_at__isnull=False, decided_at__isnull=False)
                | Q(state="applied", lapses_at__isnull=True, decided_by="", decided_at__isnull=False)
                | (
                    Q(state="applied", lapses_at__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("requested_by"))
                    & Q(decided_by__startswith="person:")
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                "merchant", F("requested_at").desc(), F("id").desc(), name="cards_adjustment_newest"
            ),
            # What the platform gave, which its desk lists over all merchants.
            models.Index(
                F("requested_at").desc(),
                F("id").desc(),
                name="cards_adjustment_goodwill",
                condition=Q(source="goodwill"),
            ),
            # What one actor changed alone today, which is summed against the limit.
            models.Index(
                fields=("merchant", "requested_by", "requested_at"),
                name="cards_adjustment_alone",
                condition=Q(lapses_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change_minor} {self.currency}"

    @property
    def public_id(self) -> str:
        """The id shown outside, `adj_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def change(self) -> Money:
        """What is added to the card; below zero, taken off."""
        return Money(self.change_minor, self.currency)

    def state_at(self, now: datetime) -> str:
        """The state as people see it: a request that nobody decided on in time is `lapsed`."""
        is_over = self.lapses_at is not None and self.lapses_at <= now
        return "lapsed" if self.state == self.State.REQUESTED and is_over else str(self.state)
