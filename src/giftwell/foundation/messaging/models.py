"""Messages on their way, and the outbox of the sandbox adapter."""

from typing import ClassVar

from django.db import models

from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id


class Message(models.Model):
    """One message to one person: the log of what was said and what became of it."""

    PREFIX: ClassVar[str] = "msg"

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Null where the platform itself writes: about an account, not about a shop.
    merchant = models.ForeignKey(Merchant, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8)
    kind = models.CharField(max_length=40)
    recipient_masked = models.CharField(max_length=254)
    recipient_encrypted = models.BinaryField()
    subject = models.CharField(max_length=200)
    # What the template is filled with. Null once it is sent or given up: it may hold links that open cards.
    context_encrypted = models.BinaryField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Why the last attempt failed: a code of ours, never the server's words, which quote addresses.
    reason = models.CharField(max_length=60, blank=True, default="")
    # The public id of what it is about.
    cause = models.CharField(max_length=60)
    reference = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sending", "sent", "failed", "dead"]),
                name="messaging_state",
            ),
            models.CheckConstraint(
                condition=models.Q(context_encrypted__isnull=True) | ~models.Q(state__in=["sent", "dead"]),
                name="messaging_forgets_what_was_sent",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="messaging_sent_has_its_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant", "-created_at"], name="messaging_newest"),
            models.Index(fields=["merchant", "cause"], name="messaging_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def public_id(self) -> str:
        """The id as outsiders see it, `msg_…`."""
        return public_id(self.PREFIX, self.id)


class OutboxMail(models.Model):
    """A mail that the sandbox adapter kept instead of sending it.

    All of it is encrypted: mails open cards.
    """

    PREFIX: ClassVar[str] = "mail"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # One mail a message, however often it is sent: a repeated send replaces it.
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="outbox_mail")
    sealed = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-created_at"], name="messaging_outbox_newest")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        """The id in the outbox's addresses, `mail_…`."""
        return public_id(self.PREFIX, self.id)
