"""The gift: a sold card as its recipient meets it.

Whether a mail arrived is the message's own story, in the log of `messaging`; here stands only that it was
queued.
"""

from typing import ClassVar

from django.db import models

from giftwell.domain.cards.models import Card
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id


class GiftQuerySet(models.QuerySet["Gift"]):
    """Reads of gifts."""

    def for_update(self) -> "GiftQuerySet":
        """Rows locked in id order."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Gift(models.Model):
    """One card for one recipient. Without an e-mail address the buyer hands the link over. Order ids are
    opaque here.
    """

    PREFIX: ClassVar[str] = "gift"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    card = models.OneToOneField(Card, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField(db_index=True)
    order_line_id = models.UUIDField(unique=True)
    recipient_name = models.CharField(max_length=80, default="", blank=True)
    recipient_email = models.CharField(max_length=254, default="", blank=True)
    sender_name = models.CharField(max_length=80, default="", blank=True)
    message = models.CharField(max_length=500, default="", blank=True)
    token_hash = models.BinaryField(unique=True, editable=False)
    token_version = models.PositiveIntegerField(default=1)
    message_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    objects = GiftQuerySet.as_manager()

    def __str__(self) -> str:
        return f"gift {self.state}"

    @property
    def public_id(self) -> str:
        """The id shown outside, `gift_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def state(self) -> str:
        """`ready` (made), `queued` (its mail is on the way) or `opened`."""
        if self.opened_at:
            return "opened"
        return "queued" if self.queued_at else "ready"

    @property
    def is_opened(self) -> bool:
        """Whether somebody unwrapped it."""
        return self.opened_at is not None
