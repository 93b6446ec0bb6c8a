"""What happened, and how far each follower has read."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Cast

from giftwell.kit.ids import new_id, public_id


class Event(models.Model):
    """A fact, in the words of the app that it happened in. Never changed, never deleted."""

    PREFIX: ClassVar[str] = "evt"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Null where it concerns no merchant. Not a foreign key: each insert would lock its merchant's row.
    merchant_id = models.UUIDField(null=True, blank=True)
    type = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    # The transaction that wrote the row: followers read behind the oldest one still open, so none is skipped.
    xid = models.BigIntegerField(
        db_default=Cast(
            Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        ),
        editable=False,
    )

    class Meta:
        indexes: ClassVar = [
            # Every redemption pays for each of these, so there are two. A subject's timeline:
            models.Index(fields=["merchant_id", "subject", "at"], name="events_timeline"),
            # The order of commits, for followers. A tree that only grows at its end costs a row 3
            # microseconds more than block ranges, which let a follower read everything since the last
            # vacuum, each time.
            models.Index(fields=["xid", "id"], name="events_commit_order"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"

    @property
    def public_id(self) -> str:
        """The id as outsiders see it, `evt_…`."""
        return public_id(self.PREFIX, self.id)


class Follower(models.Model):
    """Somebody who reads all events in commit order, and the position up to which it has."""

    START: ClassVar[UUID] = UUID(int=0)

    name = models.CharField(primary_key=True, max_length=40)
    xid = models.BigIntegerField(default=0)
    event_id = models.UUIDField(default=UUID(int=0))
    moved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "events_cursor"

    def __str__(self) -> str:
        return self.name
